"""What happened to a message, in the words of the people who look after the outbox."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import thai_dates
from notifications.delivery import GAVE_UP, TECHNICAL
from notifications.models import Message, Status

KINDS = {
    "received": gettext_lazy("Request received"),
    "confirmed": gettext_lazy("Appointment confirmed"),
    "documents_needed": gettext_lazy("More documents needed"),
    "documents_received": gettext_lazy("Documents received"),
    "rejected": gettext_lazy("Not approved"),
    "moved_by_citizen": gettext_lazy("Moved by the applicant"),
    "moved_by_office": gettext_lazy("Moved by the office"),
    "kept_elsewhere": gettext_lazy("Kept at another place"),
    "cancelled_by_citizen": gettext_lazy("Cancelled by the applicant"),
    "cancelled_by_office": gettext_lazy("Cancelled by the office"),
    "no_show": gettext_lazy("Did not come"),
    "reminder_1d": gettext_lazy("Reminder, day before"),
    "reminder_2h": gettext_lazy("Reminder, 2 hours"),
    "already_booked": gettext_lazy("Already has an appointment"),
    "find_link": gettext_lazy("Link asked for"),
    "data_received": gettext_lazy("Request about personal data received"),
    "data_answered": gettext_lazy("Request about personal data answered"),
    "data_refused": gettext_lazy("Request about personal data refused"),
    "waiting_joined": gettext_lazy("On the waiting list"),
    "waiting_offer": gettext_lazy("A time from the waiting list"),
    "copy_received": gettext_lazy("Request for a copy received"),
    "copy_needs_documents": gettext_lazy("Copy: more is needed"),
    "copy_reply_received": gettext_lazy("Copy: the answer arrived"),
    "copy_approved": gettext_lazy("Copy: approved, with the fee"),
    "copy_ready": gettext_lazy("Copy: ready to collect"),
    "copy_collection_changed": gettext_lazy("Copy: another time to collect"),
    "copy_late": gettext_lazy("Copy: the answer is late"),
    "copy_answered": gettext_lazy("Enquiry answered"),
    "copy_rejected": gettext_lazy("Copy: not approved"),
    "copy_cancelled_by_citizen": gettext_lazy("Copy: cancelled by the applicant"),
    "copy_cancelled_by_office": gettext_lazy("Copy: cancelled by the office"),
    "copy_expired": gettext_lazy("Copy: expired"),
    "copy_link": gettext_lazy("Link to the copy request"),
}
REASONS = {
    "connection": gettext_lazy("the mail server could not be reached"),
    "line_connection": gettext_lazy("LINE could not be reached"),
    "sms_connection": gettext_lazy("the SMS gateway could not be reached"),
    "quota": gettext_lazy("the month's LINE messages are kept for appointments, or used up"),
    "no_card": gettext_lazy("this message does not go by LINE"),
    "no_text": gettext_lazy("this message does not go by SMS"),
    "bad_address": gettext_lazy("the address is not one"),
    "no_channel": gettext_lazy("this channel is not set up"),
    GAVE_UP: gettext_lazy("tried for as long as it makes sense"),
    TECHNICAL: gettext_lazy("the text could not be made; tell the central office"),
}


@dataclass(frozen=True)
class Result:
    """The outcome as a chip: a word, its colour class and icon."""

    word: Any
    look: str
    icon: str


CALL = Result(gettext_lazy("To be telephoned"), "rejected", "telephone")
CALLED = Result(gettext_lazy("Telephoned"), "confirmed", "telephone")
REPLACED = Result(gettext_lazy("Sent another way"), "held", "arrow-repeat")
RESULTS = {
    Status.QUEUED: Result(gettext_lazy("Being sent"), "requested", "arrow-repeat"),
    Status.SENT: Result(gettext_lazy("Delivered"), "confirmed", "check2-all"),
    Status.FAILED: Result(gettext_lazy("Not delivered"), "held", "x-octagon"),
    Status.UNKNOWN: Result(gettext_lazy("Result unknown"), "needs_documents", "question-circle"),
    Status.NO_CHANNEL: Result(gettext_lazy("No address"), "held", "x-octagon"),
    Status.NOT_NEEDED: Result(gettext_lazy("No longer needed"), "held", "slash-circle"),
}


@dataclass(frozen=True)
class Row:
    """One line of the list."""

    message: Message

    @property
    def kind(self) -> Any:
        return kind_name(self.message.kind)

    @property
    def needs_call(self) -> bool:
        message = self.message
        lost = message.status in (Status.FAILED, Status.UNKNOWN, Status.NO_CHANNEL)
        return lost and message.call_if_lost and not message.called_at and not message.replaced

    @property
    def may_resend(self) -> bool:
        return self.message.status not in (Status.QUEUED, Status.NOT_NEEDED)

    @property
    def result(self) -> Result:
        if self.needs_call:
            return CALL
        if self.message.called_at:
            return CALLED
        if self.message.replaced:
            return REPLACED
        return RESULTS[Status(self.message.status)]

    @property
    def happened(self) -> str:
        message = self.message
        if not message.channel:
            return _("There is no e-mail address on file")
        if message.status == Status.NOT_NEEDED:
            return _("The case changed before it was sent")
        if message.status == Status.QUEUED and not message.attempts:
            return _("Waits for its turn")
        if message.status == Status.SENT and message.sent_at:
            return _("%(channel)s taken at %(time)s, try %(n)s") % {
                "channel": message.get_channel_display(),
                "time": thai_dates.clock(message.sent_at),
                "n": message.attempts,
            }
        told = f"{message.get_channel_display()}: {_reason(message.last_error)}"
        if message.status == Status.QUEUED:
            next_try = _("next try %(time)s") % {"time": thai_dates.clock(message.due_at)}
            return f"{told}, {next_try}"
        return told


def kind_name(kind: str) -> Any:
    """What a kind of message is called; its code where it has no name."""
    return KINDS.get(kind, kind)


def _reason(code: str) -> str:
    if code in REASONS:
        return str(REASONS[code])
    return _("the server answered %(code)s") % {"code": code} if code else "–"
