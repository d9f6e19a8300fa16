"""The forms of the citizen's booking pages."""

from portal.forms.booking import BookingForm
from portal.forms.copies import CopyForm
from portal.forms.line import LineLinkForm
from portal.forms.my import CancelForm, DocumentsForm, FindForm, ReplyForm
from portal.forms.privacy import DataRequestForm
from portal.forms.sent import SentForm
from portal.forms.waiting import WaitingForm

__all__ = [
    "BookingForm",
    "CancelForm",
    "CopyForm",
    "DataRequestForm",
    "DocumentsForm",
    "FindForm",
    "LineLinkForm",
    "ReplyForm",
    "SentForm",
    "WaitingForm",
]
