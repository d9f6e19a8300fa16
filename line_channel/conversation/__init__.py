"""What an event of LINE does to a conversation: pure of the network, in one transaction."""

from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any

from django.utils.translation import gettext as _

from accounts import line_links
from core.errors import Refused
from core.text import as_key
from line_channel import grammar
from line_channel.conversation import booking, copying, menu, sending, summary
from line_channel.conversation.turn import Turn, is_over, timed_out
from line_channel.grammar import (
    BadCode,
    BadDetails,
    BadPhotoCode,
    CardCode,
    Details,
    Menu,
    PhotoCode,
    Reading,
    Text,
    Word,
)
from line_channel.messages import MOST_MESSAGES, Json
from line_channel.models import Chat, Event
from line_channel.states import Step

WORDS: dict[str, Callable[[Turn], None]] = {
    "cancel": menu.cancel,
    "status": menu.status,
    "staff": menu.staff,
    "book": booking.choose_service,
    "account": menu.account,
    "unlink": menu.unlink,
}
OF_THE_LINKED = frozenset({Step.DETAILS, Step.PHOTO, Step.QUESTION, Step.CONSENT})
ASK_AGAIN: dict[str, Callable[[Turn], None]] = {
    Step.LINK: menu.ask_to_link,
    Step.DETAILS: copying.ask_details,
    Step.PHOTO: copying.ask_photo,
    Step.QUESTION: copying.ask_question,
    Step.CONSENT: summary.ask_consent,
}


def answer(chat: Chat, event: Event, *, now: datetime) -> list[Json]:
    """Work an event: changes `chat` (not stored) and returns what is said, nothing for an event
    that asks for no answer. In Thai, as the account speaks. Raises no Refused."""
    turn = Turn(chat=chat, heard_at=event.happened_at, now=now)
    if event.kind in ("message", "postback", "accountLink") and is_over(chat, event.happened_at):
        turn.end()
        turn.say(timed_out())
    match event.kind:
        case "follow" | "unfollow":
            _friend(turn, is_friend=event.kind == "follow")
        case "accountLink":
            _linked(turn, event.fact)
        case "postback":
            _pressed(turn, event.fact["button"].split(":"))
        case "message":
            _message(turn, event.fact)
    return turn.said[:MOST_MESSAGES]


def _friend(turn: Turn, *, is_friend: bool) -> None:
    chat = turn.chat
    if chat.friend_at and chat.friend_at >= turn.heard_at:
        return
    chat.is_friend, chat.friend_at = is_friend, turn.heard_at
    line_links.set_blocked(user_id=chat.user_id, since=None if is_friend else turn.heard_at)
    if is_friend:
        menu.greet(turn)


def _linked(turn: Turn, fact: dict[str, Any]) -> None:
    """LINE says whether the link stands; the conversation goes on where it waited for it."""
    if not fact["ok"]:
        menu.linking_failed(turn, _("The account could not be linked. Please try again"))
        return
    try:
        line_links.bind(nonce=fact["nonce"], user_id=turn.chat.user_id, now=turn.now)
    except Refused as refused:
        menu.linking_failed(turn, refused.message)
        return
    turn.say(_("Your LINE account is linked"))
    if turn.chat.step != Step.LINK:
        menu.greet(turn)
    elif turn.data["menu"] == 5:
        copying.ask_question(turn)
    else:
        copying.ask_details(turn)


def _pressed(turn: Turn, parts: list[str]) -> None:
    match parts:
        case ["consent", answer, mark]:
            sending.consent(turn, answer, mark)
        case ["book", "service", code]:
            booking.choose_time(turn, code)
        case ["book", "slot", code, slot_id] if as_key(slot_id):
            booking.hold(turn, code, slot_id)
        case ["say", word] if word in WORDS:
            WORDS[word](turn)
        case _:
            menu.greet(turn)


def _message(turn: Turn, fact: dict[str, Any]) -> None:
    if "media" in fact:
        menu.picture(turn) if fact["media"] == "image" else _not_understood(turn)
        return
    reading = _reading(fact)
    step = turn.chat.step
    if step in OF_THE_LINKED and turn.account is None:
        # Unlinked meanwhile, on the page.
        turn.go(Step.LINK)
        step = Step.LINK
    match reading:
        case Word(name="menu"):
            turn.end()
            menu.greet(turn)
        case Word(name="more_times") if "card" in turn.data and step != Step.LINK:
            copying.more_times(turn)
        case Word(name=name) if name in WORDS:
            WORDS[name](turn)
        case Menu(menu=5):
            copying.question(turn)
        case Menu(menu=number):
            menu.choose(turn, number)
        case CardCode():
            copying.card(turn, reading, fact["as"]["code"])
        case BadCode():
            copying.bad_code(turn, reading)
        case Text() if step == Step.QUESTION and fact.get("words"):
            copying.asked(turn, fact["words"])
        case _:
            _of_the_step(turn, reading, fact)


def _of_the_step(turn: Turn, reading: Reading, fact: dict[str, Any]) -> None:
    """What only counts where it was asked for."""
    step = turn.chat.step
    has_details = step in (Step.DETAILS, Step.PHOTO, Step.CONSENT) and "card" in turn.data
    match reading:
        case Details() if has_details:
            copying.details(turn, reading)
        case BadDetails() if has_details:
            copying.bad_details(turn, reading)
        case PhotoCode() if step == Step.PHOTO:
            copying.photo(turn, reading, fact["as"]["code"])
        case BadPhotoCode() if step == Step.PHOTO:
            copying.bad_photo(turn, reading)
        case _:
            _not_understood(turn)


def _not_understood(turn: Turn) -> None:
    """One helpful sentence; within a conversation its step is asked again."""
    menu.not_understood(turn)
    if ask := ASK_AGAIN.get(turn.chat.step):
        ask(turn)


def _reading(fact: dict[str, Any]) -> Reading:
    """The reading that `receiving` stored. Of codes only their hashes are left."""
    facts = dict(fact["as"])
    if facts.get("day"):
        facts["day"] = date.fromisoformat(facts["day"])
    if facts.get("at"):
        facts["at"] = time.fromisoformat(facts["at"])
    reading: Reading = getattr(grammar, fact["reads"])(**facts)
    return reading
