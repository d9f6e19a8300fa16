"""The press of a button below the summary: the request is sent, or not."""

from django.utils.translation import gettext as _

from core import thai_dates
from core.errors import Refused
from line_channel import copies, messages
from line_channel.conversation import copying, menu, summary
from line_channel.conversation.turn import Turn
from line_channel.messages import Banner, Press
from line_channel.states import Step
from registry_requests import links as copy_links

TAKEN = frozenset({"full", "closed", "too_soon", "too_far", "express"})


def consent(turn: Turn, answer: str, mark: str) -> None:
    """The press of a button below the summary; one of an older summary does nothing."""
    if turn.chat.step != Step.CONSENT or turn.data.get("mark") != mark or turn.account is None:
        turn.say(_("This button is over. Type “status” to see your requests"))
    elif answer == "yes":
        _send(turn)
    else:
        menu.cancel(turn)


def _send(turn: Turn) -> None:
    data = turn.data
    asked = copies.Asked(
        menu=data["menu"],
        form_key=turn.chat.form_key,
        copies=data.get("copies", 1),
        slot_id=data.get("slot"),
        card=data.get("card"),
        photo=data.get("photo"),
        words=data.get("words", ""),
    )
    try:
        request = copies.submit(asked, office=turn.office, account=turn.holder, now=turn.now)
    except Refused as refused:
        _refused(turn, refused)
        return
    rows = [(_("Request number"), request.reference), *summary.what(turn)]
    turn.show(
        messages.card(
            _("Request sent"),
            banner=Banner(_("Waiting for the check")),
            rows=rows,
            buttons=[Press(_("See the request"), url=copy_links.link(request))],
        )
    )
    turn.say(
        _("An officer looks at it by %(day)s and tells you here")
        % {"day": thai_dates.long_date(request.due_at)}
    )
    turn.end_request()


def _refused(turn: Turn, refused: Refused) -> None:
    """A time that went leaves everything else as it is: choose another and press again."""
    if refused.code in TAKEN and turn.data.get("slot"):
        turn.data.pop("slot")
        turn.go(Step.DETAILS)
        copying.offer_again(turn, refused.message)
    else:
        turn.say(refused.message)
        turn.end_request()
