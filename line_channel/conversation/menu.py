"""The menu, and the words that work at every step."""

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import line_links
from bookings import links, queries
from bookings.models import Booking
from core import thai_dates
from core.line import Json
from line_channel import copies, messages
from line_channel.conversation.turn import Turn
from line_channel.messages import LINK_ADDRESS, Press
from line_channel.states import Step
from registry_requests import links as copy_links

MOST_CASES = 4
# A button below the chat has 20 characters, too few for the names of the records.
BUTTONS = {
    1: gettext_lazy("1 House registration"),
    2: gettext_lazy("2 Marriage register"),
    3: gettext_lazy("3 Divorce register"),
    4: gettext_lazy("4 Facial photograph"),
    5: gettext_lazy("5 Ask or make an appointment"),
}


def kind_name(menu: int) -> str:
    """The name of a menu item."""
    return str(copies.KINDS[menu].label)


def greet(turn: Turn) -> None:
    """The menu of five, with the web form before the code."""
    names = [f"{number}. {kind_name(number)}" for number in copies.KINDS]
    shown = messages.card(
        _("Hello, %(district)s is glad to help") % {"district": turn.office.short_name},
        lead=_("What do you need? Choose below or type its number"),
        notes=[
            "\n".join(names),
            _("It is safer to type the codes of your card on the web"),
            _("Or type the number, # and the 12 characters on the back of the card"),
        ],
        buttons=[Press(_("Fill in the web form"), url=turn.form_url)],
    )
    turn.show(messages.with_quick(shown, _choices()))


def _choices() -> list[Press]:
    numbers = [Press(str(label), says=str(number)) for number, label in BUTTONS.items()]
    return [
        *numbers,
        Press(_("Book a time"), says="นัดหมาย"),
        Press(_("My requests"), says="สถานะ"),
        Press(_("Talk to staff"), says="เจ้าหน้าที่"),
    ]


def not_understood(turn: Turn) -> None:
    turn.say(
        _("Not understood. Type 1–5 to choose, or “staff” to talk to a person"), quick=_choices()
    )


def ask_to_link(turn: Turn) -> None:
    """The button to our page; its token is asked for when the answer goes out."""
    turn.show(
        messages.card(
            _("First we must know you, once"),
            lead=_("Press “Link my LINE account”, then come back and go on here"),
            buttons=[Press(_("Link my LINE account"), url=LINK_ADDRESS)],
        )
    )


def linking_failed(turn: Turn, words: str) -> None:
    turn.say(words)
    ask_to_link(turn)


def cancel(turn: Turn) -> None:
    if turn.chat.step:
        turn.end()
        turn.say(_("Stopped. No request was sent. Type 1–5 to start again"), quick=_choices())
    else:
        turn.say(
            _("Nothing is being asked just now. A request that was sent is cancelled on its page"),
            quick=[Press(_("My requests"), says="สถานะ")],
        )


def status(turn: Turn) -> None:
    """The holder's open requests and appointments, each with its page."""
    if turn.account is None:
        ask_to_link(turn)
        return
    index, phone = bytes(turn.account.id_index), turn.account.phone
    visits = queries.open_visits_of(id_index=index, phone=phone)
    cards = [_request_card(case) for case in copies.open_cases(turn.account)]
    cards += [_visit_card(visit) for visit in visits]
    if not cards:
        turn.say(_("You have no open request"), quick=_choices())
    for card in cards[:MOST_CASES]:
        turn.show(card)
    if len(cards) > MOST_CASES:
        turn.say(
            _("And %(n)s more; see them on the page of any of these")
            % {"n": len(cards) - MOST_CASES}
        )


def _request_card(case: copies.CopyRequest) -> Json:
    rows = [
        (_("Request number"), case.reference),
        (_("State"), str(case.get_status_display())),
    ]
    if case.collection:
        slot = case.collection.slot
        rows.append((_("To collect"), _when(slot.starts_at, slot.ends_at)))
    return messages.card(
        str(case.get_kind_display()),
        rows=rows,
        buttons=[Press(_("See the request"), url=copy_links.link(case))],
    )


def _visit_card(visit: Booking) -> Json:
    """Without the kind of a sensitive case, which others may read over a shoulder."""
    private = visit.service.private_room
    return messages.card(
        _("an appointment at the office") if private else visit.service.name,
        rows=[
            (_("Request number"), visit.reference),
            (_("State"), str(visit.get_status_display())),
            (_("Time"), _when(visit.slot.starts_at, visit.slot.ends_at)),
        ],
        buttons=[Press(_("See my appointment"), url=links.link(visit))],
    )


def _when(starts_at: datetime, ends_at: datetime) -> str:
    return f"{thai_dates.short_date(starts_at)} {thai_dates.time_range(starts_at, ends_at)}"


def staff(turn: Turn) -> None:
    """Where people answer, and how to leave a question."""
    turn.say(
        _(
            "Call %(phone)s on working days, %(opens)s–%(closes)s. "
            "Or type 5 to leave a question here"
        )
        % {
            "phone": turn.office.phone,
            "opens": f"{turn.office.opens_at:%H.%M}",
            "closes": f"{turn.office.closes_at:%H.%M}",
        },
        quick=[Press(str(BUTTONS[5]), says="5")],
    )


def account(turn: Turn) -> None:
    """Whether this LINE account is linked, and the page to see and end that."""
    if turn.account is None:
        ask_to_link(turn)
        return
    turn.show(
        messages.card(
            _("Your LINE account is linked"),
            rows=[(_("ID number"), turn.account.masked_number)],
            buttons=[
                Press(_("See or end it"), url=line_links.page_link(turn.account, now=turn.now))
            ],
        )
    )


def unlink(turn: Turn) -> None:
    ended = line_links.unlink(user_id=turn.chat.user_id, now=turn.now)
    turn.end()
    if ended:
        turn.say(
            _(
                "Your LINE account is no longer linked; your name and number are deleted here. "
                "Requests that were sent go on"
            )
        )
    else:
        turn.say(_("This LINE account is not linked"))


def picture(turn: Turn) -> None:
    turn.say(
        _(
            "We have the picture. For your safety never send pictures of a card in the chat; "
            "documents are sent on the page of the request"
        ),
        quick=[Press(_("My requests"), says="สถานะ")],
    )


def choose(turn: Turn, number: int) -> None:
    """A bare number of the menu: the web form first, the code as the other way."""
    turn.end()
    turn.go(Step.CODE, menu=number)
    turn.show(
        messages.card(
            kind_name(number),
            lead=_("It is safer to type the codes of your card on the web"),
            notes=[
                _("Or type %(n)s# and the 12 characters on the back of the card, such as %(line)s")
                % {"n": number, "line": f"{number}#JC1-1234567-12"}
            ],
            buttons=[Press(_("Fill in the web form"), url=turn.form_url)],
        )
    )
