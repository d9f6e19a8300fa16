"""The verbs of a booking. Import the module, call through it: `services.confirm(booking=…)`."""

from bookings.services.carrying_out import carry_out, carry_out_closings
from bookings.services.changes import cancel, move_to
from bookings.services.changes_of_times import apply_places, booked_on, preview_places
from bookings.services.closing import (
    announce,
    decide,
    decide_all,
    drop,
    open_again,
    plan,
    plan_for_closure,
)
from bookings.services.decisions import (
    ask_for_documents,
    confirm,
    documents_sent,
    mark_item,
    reject,
    take_over,
)
from bookings.services.documents import add_document, remove_document
from bookings.services.ending import end_past_visits
from bookings.services.files import remove_stray_files
from bookings.services.finding import send_link
from bookings.services.holds import extend_hold, hold, release_expired, release_hold
from bookings.services.moves import Changed
from bookings.services.reminders import queue_reminders
from bookings.services.stopping import lapse_drafts
from bookings.services.submit import (
    PRIVACY_TEXT_VERSION,
    AlreadyBooked,
    Details,
    Person,
    submit,
    unseal_number,
)
from bookings.services.timetable import Generated, apply_closures, generate_slots

__all__ = [
    "PRIVACY_TEXT_VERSION",
    "AlreadyBooked",
    "Changed",
    "Details",
    "Generated",
    "Person",
    "add_document",
    "announce",
    "apply_closures",
    "apply_places",
    "ask_for_documents",
    "booked_on",
    "cancel",
    "carry_out",
    "carry_out_closings",
    "confirm",
    "decide",
    "decide_all",
    "documents_sent",
    "drop",
    "end_past_visits",
    "extend_hold",
    "generate_slots",
    "hold",
    "lapse_drafts",
    "mark_item",
    "move_to",
    "open_again",
    "plan",
    "plan_for_closure",
    "preview_places",
    "queue_reminders",
    "reject",
    "release_expired",
    "release_hold",
    "remove_document",
    "remove_stray_files",
    "send_link",
    "submit",
    "take_over",
    "unseal_number",
]
