"""The forms of the citizen's booking pages."""

from portal.forms.booking import BookingForm
from portal.forms.my import CancelForm, DocumentsForm, FindForm
from portal.forms.sent import SentForm

__all__ = ["BookingForm", "CancelForm", "DocumentsForm", "FindForm", "SentForm"]
