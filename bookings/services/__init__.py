"""The verbs of a booking. Import the module, call through it: `services.confirm(booking=…)`."""

from bookings.services import counter
from bookings.services.carrying_out import carry_out, carry_out_closings
from bookings.services.changes import cancel, move_to
from bookings.services.changes_of_times import Preview, apply_places, booked_on, preview_places
from bookings.services.city_closing import close_city, preview_city
from bookings.services.closing import (
    announce,
    decide,
    decide_all,
    keep_all,
    open_again,
    plan,
    plan_for_closure,
)
from bookings.services.data_requests import Asked
from bookings.services.decisions import (
    ask_for_documents,
    confirm,
    documents_sent,
    leave_out_rest,
    mark_item,
    reject,
    take_over,
)
from bookings.services.documents import add_document, remove_document
from bookings.services.ending import end_office_days, end_past_visits
from bookings.services.equal_offers import end_equal_offers, offered_to, take_equal_offer
from bookings.services.files import remove_stray_files
from bookings.services.finding import send_link
from bookings.services.holds import (
    chat_holder,
    extend_hold,
    hold,
    release_expired,
    release_hold,
    take_kept,
)
from bookings.services.offers import (
    end_booked_waiting,
    end_waiting,
    offer_free_places,
    offer_freed,
)
from bookings.services.pattern_rules import check_rows, rows_of
from bookings.services.planned_changes import plan_choice, plan_places, plan_times
from bookings.services.reminders import queue_reminders
from bookings.services.returning import return_places
from bookings.services.stopping import drop, lapse_drafts
from bookings.services.submit import (
    PRIVACY_TEXT_VERSION,
    AlreadyBooked,
    Details,
    Person,
    submit,
    unseal_number,
)
from bookings.services.timetable import Generated, apply_closures, generate_slots
from bookings.services.waiting import (
    Wish,
    join_waiting,
    leave_waiting,
    take_offer,
    take_out,
)

__all__ = [
    "PRIVACY_TEXT_VERSION",
    "AlreadyBooked",
    "Asked",
    "Details",
    "Generated",
    "Person",
    "Preview",
    "Wish",
    "add_document",
    "announce",
    "apply_closures",
    "apply_places",
    "ask_for_documents",
    "booked_on",
    "cancel",
    "carry_out",
    "carry_out_closings",
    "chat_holder",
    "check_rows",
    "close_city",
    "confirm",
    "counter",
    "decide",
    "decide_all",
    "documents_sent",
    "drop",
    "end_booked_waiting",
    "end_equal_offers",
    "end_office_days",
    "end_past_visits",
    "end_waiting",
    "extend_hold",
    "generate_slots",
    "hold",
    "join_waiting",
    "keep_all",
    "lapse_drafts",
    "leave_out_rest",
    "leave_waiting",
    "mark_item",
    "move_to",
    "offer_free_places",
    "offer_freed",
    "offered_to",
    "open_again",
    "plan",
    "plan_choice",
    "plan_for_closure",
    "plan_places",
    "plan_times",
    "preview_city",
    "preview_places",
    "queue_reminders",
    "reject",
    "release_expired",
    "release_hold",
    "remove_document",
    "remove_stray_files",
    "return_places",
    "rows_of",
    "send_link",
    "submit",
    "take_equal_offer",
    "take_kept",
    "take_offer",
    "take_out",
    "take_over",
    "unseal_number",
]
