"""Asking for a copy, as the office designed it (S0 §6.7): code, copies and day, the number under
the photograph, consent. Wrong input says what is wrong and repeats the step."""

from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from bookings.models import Slot
from core import thai_dates
from line_channel import copies
from line_channel.conversation import menu, summary
from line_channel.conversation.turn import Turn
from line_channel.grammar import (
    BadCode,
    BadDetails,
    BadPhotoCode,
    CardCode,
    Details,
    PhotoCode,
)
from line_channel.messages import Press
from line_channel.states import Step
from offices import queries as offices

TIMES_OFFERED = 6


# --- the code on the back -----------------------------------------------------------------------


def card(turn: Turn, read: CardCode, code: dict[str, Any]) -> None:
    """Step 1. `code` is what is kept of it."""
    number = read.menu or turn.data.get("menu")
    if number is None:
        turn.say(_("Please put the number in front, such as 1#JC1-1234567-12"))
        return
    if number == 5:
        question(turn)
        return
    if _points_to_the_counter(turn):
        return
    turn.end()
    turn.go(Step.DETAILS, menu=number, card=code)
    # The number under the photograph is to be hashed for the same request.
    turn.chat.form_key = UUID(code["key"])
    _thank_for_code(turn, number)
    if turn.account is None:
        turn.go(Step.LINK)
        menu.ask_to_link(turn)
    else:
        ask_details(turn)


def bad_code(turn: Turn, read: BadCode) -> None:
    turn.note_wrong_code()
    if _points_to_the_counter(turn):
        return
    turn.say(
        _("The code is not complete. It is 2 letters, then 10 digits, such as %(line)s")
        % {"line": f"{read.menu or turn.data.get('menu', 1)}#JC1-1234567-12"}
    )


def _thank_for_code(turn: Turn, number: int) -> None:
    turn.say(
        _("Received: %(record)s") % {"record": menu.kind_name(number)}
        + "\n"
        + _("For your safety, hold the message with the code and choose “Unsend”")
    )


def _points_to_the_counter(turn: Turn) -> bool:
    """After too many wrong codes the chat takes none for the rest of the hour."""
    if not turn.is_guessing:
        return False
    turn.end()
    turn.say(
        _(
            "That was tried often. Please come to the counter with your original ID card, "
            "or call %(phone)s"
        )
        % {"phone": turn.office.phone}
    )
    return True


# --- copies and day -----------------------------------------------------------------------------


def ask_details(turn: Turn) -> None:
    """Step 2, with the next free times as buttons."""
    slots = copies.next_times(turn.office, now=turn.now, count=TIMES_OFFERED)
    day = slots[0].starts_at if slots else turn.now
    turn.go(Step.DETAILS)
    turn.say(
        _("How many copies, and when will you come?")
        + "\n"
        + _("Such as: %(line)s") % {"line": _example(day)},
        quick=_times(slots, turn.data.get("copies", 1)),
    )


def _example(day: datetime) -> str:
    return f"ต้องการ 2 ฉบับ รับเอกสารวันที่ {thai_dates.typed_date(day)} เวลา 10.00"


def _times(slots: list[Slot], number: int) -> list[Press]:
    """Free times as buttons, which say what a person would type."""
    return [
        Press(
            f"{thai_dates.short_date(slot.starts_at)} {thai_dates.clock(slot.starts_at)}",
            says=f"{number} ฉบับ {thai_dates.typed_date(slot.starts_at)}"
            f" เวลา {thai_dates.local_time(slot.starts_at):%H.%M}",
        )
        for slot in slots
    ]


def details(turn: Turn, read: Details) -> None:
    if not 1 <= read.copies <= copies.MOST_COPIES:
        offer_again(turn, _("1–%(n)s copies at a time") % {"n": copies.MOST_COPIES})
        return
    turn.go(Step.DETAILS, copies=read.copies)
    free = copies.times_of(turn.office, read.day, now=turn.now)
    if not free:
        offer_again(turn, _why_not(turn, read.day))
        return
    slot = _nearest(free, read.at)
    turn.go(Step.PHOTO, slot=slot.pk)
    if turn.data.get("photo"):
        summary.ask_consent(turn)
    else:
        turn.say(_found(slot, read.at), quick=[_other_times()])


def bad_details(turn: Turn, read: BadDetails) -> None:
    example = _("Such as: %(line)s") % {"line": _example(turn.now)}
    sentences = {
        "copies": _("How many copies, please?"),
        "date": _("The day cannot be read. Type day/month/year"),
        "year": _("Use a year such as 2569 (B.E.) or 2026 (C.E.)"),
        "time": _("The time cannot be read"),
    }
    turn.say(f"{sentences[read.problem]}\n{example}")


def more_times(turn: Turn) -> None:
    """Other free times, for the copies already said."""
    turn.data.pop("slot", None)
    ask_details(turn)


def offer_again(turn: Turn, what_is_wrong: str) -> None:
    """Say what is wrong and offer free times, for the copies already said."""
    slots = copies.next_times(turn.office, now=turn.now, count=TIMES_OFFERED)
    number = turn.data.get("copies", 1)
    turn.say(
        what_is_wrong + "\n" + _("Choose a time below, or type another day"),
        quick=_times(slots, number if 1 <= number <= copies.MOST_COPIES else 1),
    )


def _why_not(turn: Turn, day: date) -> str:
    """Why nothing can be collected on a day."""
    shown = thai_dates.long_date(day)
    if day < timezone.localdate(turn.now):
        return _("This day has passed")
    closures = offices.closures_between(office_id=turn.office.pk, first=day, last=day)
    if day in closures:
        return _("%(day)s is closed (%(reason)s)") % {"day": shown, "reason": closures[day].reason}
    return _("Nothing is free on %(day)s") % {"day": shown}


def _nearest(free: list[Slot], wished: time | None) -> Slot:
    if wished is None:
        return free[0]
    minutes = wished.hour * 60 + wished.minute

    def distance(slot: Slot) -> int:
        start = thai_dates.local_time(slot.starts_at)
        return abs(start.hour * 60 + start.minute - minutes)

    return min(free, key=distance)


def _found(slot: Slot, wished: time | None) -> str:
    time_range = thai_dates.time_range(slot.starts_at, slot.ends_at)
    day = thai_dates.long_date(slot.starts_at)
    exact = wished is None or thai_dates.local_time(slot.starts_at).time() == wished
    if exact:
        found = _("%(day)s, %(time)s is free") % {"day": day, "time": time_range}
    else:
        found = _("Nearest to %(wished)s is %(day)s, %(time)s; it is free") % {
            "wished": f"{wished:%H.%M}",
            "day": day,
            "time": time_range,
        }
    return (
        found + "\n" + _("If you agree, type the 14 digits under the photo, or press “Other times”")
    )


def _other_times() -> Press:
    return Press(pgettext("chat", "Other times"), says="เวลาอื่น")


# --- the number under the photograph ------------------------------------------------------------


def photo(turn: Turn, read: PhotoCode, code: dict[str, Any]) -> None:
    """Step 3."""
    if _points_to_the_counter(turn):
        return
    if code["key"] != turn.data["card"]["key"]:
        ask_photo(turn)
        return
    turn.go(Step.CONSENT, photo=code)
    summary.ask_consent(turn)


def bad_photo(turn: Turn, read: BadPhotoCode) -> None:
    turn.note_wrong_code()
    if not _points_to_the_counter(turn):
        turn.say(
            _("The number under the photo has %(n)s digits; 14 are needed, such as %(line)s")
            % {"n": read.digits, "line": "1040-02-12345678"}
        )


def ask_photo(turn: Turn) -> None:
    turn.say(
        _("Type the 14 digits under the photo, such as %(line)s") % {"line": "1040-02-12345678"},
        quick=[_other_times()],
    )


# --- an enquiry ---------------------------------------------------------------------------------


def question(turn: Turn) -> None:
    """Item 5: no code of a card, one message with the matter."""
    turn.end()
    turn.go(Step.QUESTION, menu=5)
    if turn.account is None:
        turn.go(Step.LINK)
        menu.ask_to_link(turn)
    else:
        ask_question(turn)


def ask_question(turn: Turn) -> None:
    turn.go(Step.QUESTION)
    turn.say(
        _(
            "Write your question, or what an officer should come for and where, in one message. "
            "No numbers of cards, please"
        )
    )


def asked(turn: Turn, words: str) -> None:
    turn.go(Step.CONSENT, words=words)
    summary.ask_consent(turn)
