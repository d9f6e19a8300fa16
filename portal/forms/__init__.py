"""The forms of the citizen's booking pages."""

from portal.forms.booking import BookingForm
from portal.forms.line import LineLinkForm
from portal.forms.my import CancelForm, DocumentsForm, FindForm
from portal.forms.privacy import DataRequestForm
from portal.forms.sent import SentForm
from portal.forms.waiting import WaitingForm

__all__ = [
    "BookingForm",
    "CancelForm",
    "DataRequestForm",
    "DocumentsForm",
    "FindForm",
    "LineLinkForm",
    "SentForm",
    "WaitingForm",
]
