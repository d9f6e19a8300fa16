"""Booking by chat: a service, a free time, and the web form with the hold already taken."""

from django.conf import settings
from django.utils.translation import gettext as _

from bookings import links, queries, services
from core import thai_dates
from core.errors import Refused
from line_channel import messages
from line_channel.conversation.turn import Turn
from line_channel.messages import MOST_QUICK_REPLIES, Press
from offices import queries as offices
from offices.models import OfferedService

TIMES_OFFERED = 8


def choose_service(turn: Turn) -> None:
    offers = offices.offered_by(turn.office.slug).filter(service__by_request=False)
    turn.say(
        _("Which service would you like to book?"),
        quick=[
            Press(offered.service.name, data=f"book:service:{offered.service.code}")
            for offered in offers[:MOST_QUICK_REPLIES]
        ],
    )


def choose_time(turn: Turn, code: str) -> None:
    offered = offices.offered_to_book(turn.office.slug, code)
    if offered is None:
        choose_service(turn)
        return
    _offer_times(turn, offered, _("Free times: %(service)s") % {"service": offered.service.name})


def _offer_times(turn: Turn, offered: OfferedService, words: str) -> None:
    slots = queries.next_free(offered, now=turn.now, count=TIMES_OFFERED)
    code = offered.service.code
    page = f"{settings.SITE_URL}/offices/{turn.office.slug}/{code}/times/"
    if not slots:
        words = _("Nothing is free just now. Join the waiting list on the web")
    turn.say(
        words,
        quick=[
            *(
                Press(
                    f"{thai_dates.short_date(slot.starts_at)} {thai_dates.clock(slot.starts_at)}",
                    data=f"book:slot:{code}:{slot.pk}",
                )
                for slot in slots
            ),
            Press(_("See all times"), url=page),
        ],
    )


def hold(turn: Turn, code: str, slot_id: str) -> None:
    """Keep the time under the name of this LINE user; the browser that opens the link and presses
    its button takes it over."""
    holder = services.chat_holder(turn.chat.user_id)
    found = queries.slot_to_hold(turn.office.slug, code, int(slot_id), holder=holder)
    offered = offices.offered_to_book(turn.office.slug, code)
    if found is None or offered is None:
        choose_service(turn)
        return
    slot, known, _is_kept = found
    try:
        booking = services.hold(
            slot=slot,
            offered=known,
            holder=holder,
            language="th",
            now=turn.now,
        )
    except Refused as refused:
        _offer_times(turn, offered, refused.message)
        return
    turn.show(
        messages.card(
            _("Kept for you for %(n)s minutes") % {"n": settings.HOLD_MINUTES},
            rows=[
                (_("Service"), offered.service.name),
                (_("Day"), thai_dates.long_date(slot.starts_at)),
                (_("Time"), thai_dates.time_range(slot.starts_at, slot.ends_at)),
            ],
            buttons=[Press(_("Fill in the form"), url=links.hold_link(booking))],
        )
    )
