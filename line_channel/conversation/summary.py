"""The summary before a request is sent: masked data, and the buttons of consent (S0-R10)."""

import re
import secrets

from django.utils.translation import gettext as _

from bookings.models import Slot
from core import thai_dates
from line_channel import messages
from line_channel.conversation import menu
from line_channel.conversation.turn import Turn
from line_channel.messages import Banner, Press
from line_channel.states import Step


def ask_consent(turn: Turn) -> None:
    """What will be sent, with masked data, and the button that sends it."""
    mark = secrets.token_hex(4)
    turn.go(Step.CONSENT, mark=mark)
    turn.show(
        messages.card(
            _("Send this request?"),
            banner=Banner(_("Please check")),
            rows=[
                *what(turn),
                (_("Name"), _masked(turn.holder.full_name)),
                (_("ID number"), turn.holder.masked_number),
            ],
            notes=[
                _(
                    "By pressing “Confirm and send” you accept that the office uses these data "
                    "for this request, as the privacy notice says"
                )
            ],
            buttons=[
                Press(_("Confirm and send"), data=f"consent:yes:{mark}"),
                Press(_("Do not send"), data=f"consent:no:{mark}"),
            ],
        )
    )


def what(turn: Turn) -> list[tuple[str, str]]:
    record = menu.kind_name(turn.data["menu"])
    if turn.data["menu"] == 5:
        return [(_("Matter"), turn.data["words"])]
    slot = Slot.objects.get(pk=turn.data["slot"])
    when = (
        f"{thai_dates.long_date(slot.starts_at)}\n"
        f"{thai_dates.time_range(slot.starts_at, slot.ends_at)}"
    )
    number = _("%(n)s copies") % {"n": turn.data["copies"]}
    return [(_("Document"), f"{record} {number}"), (_("To collect"), when)]


def _masked(name: str) -> str:
    """ม••• ใจ•••: a vowel that is written first takes its consonant along."""
    return " ".join(re.sub("^([เ-ไ]?.).*", r"\1•••", part) for part in name.split())
