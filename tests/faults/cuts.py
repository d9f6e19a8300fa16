"""The form comes twice, changed, or its answer never arrives (F3, F4)."""

from bookings.models import Booking, Party
from bookings.workflow import Status
from offices.models import OfferedService
from tests.faults.ground import Ground
from tests.faults.ledger import Ledger
from tests.faults.load import AWAY, CUT, MOVED_ON
from tests.faults.proxy import proxy_to
from tests.faults.scenario import scenario
from tests.live import world
from tests.live.browser import Browser
from tests.live.together import side_by_side

AT_ONCE = 4
# The event of the message, in the one statement that stores a booking and commits by itself.
STORED = b":received:"
POST = b"POST /"


@scenario("F3", "the same key with another body", short=False)
def changed_body(ground: Ground) -> str:
    keys = ground.pick(100, 4)
    offered = world.marriage_at_bang_rak()
    slot = world.slot(offered, places=keys)
    with ground.web() as server:
        forms = _forms(server.address, slot, keys)
        first = _sent(forms)
        others = _sent([(*window, world.couple()) for *window, _typed in forms])
    assert first == [MOVED_ON] * keys, first
    assert others == [409] * keys, others
    assert Booking.objects.exclude(status=Status.HELD).count() == keys
    assert Party.objects.count() == 2 * keys
    return (
        f"{keys} keys, {keys} refused with 409, 0 second rows; control without a look at the "
        f"body: {_control_changed(ground, offered)} of {AT_ONCE} taken for the first"
    )


def _sent(forms) -> list[int]:
    return side_by_side(AT_ONCE, [lambda f=f: world.send(*f).status for f in forms])


def _control_changed(ground: Ground, offered: OfferedService) -> int:
    """When the body is not compared, other data is answered as if it had been stored."""
    slot = world.slot(offered, places=AT_ONCE, no=1)
    with ground.web("body") as server:
        forms = _forms(server.address, slot, AT_ONCE)
        _sent(forms)
        taken = _sent([(*window, world.couple()) for *window, _typed in forms]).count(MOVED_ON)
    assert taken, "the control refused them: the harness cannot see it"
    return taken


@scenario("F4", "the answer is lost after COMMIT")
def lost_answer(ground: Ground) -> str:
    keys = ground.pick(100, 4)
    offered = world.marriage_at_bang_rak()
    slot = world.slot(offered, places=2 * keys)
    ledger = Ledger(ground.folder / "f4.ledger")
    with (
        proxy_to(ground.postgres.port) as to_database,
        ground.web(database_port=to_database.port) as server,
        proxy_to(int(server.address.rpartition(":")[2])) as to_web,
    ):
        near = f"http://127.0.0.1:{to_web.port}"
        found = [
            _send_losing(ground, to_database, STORED, _forms(server.address, slot, keys), ledger),
            _send_losing(ground, to_web, POST, _forms(near, slot, keys), ledger),
        ]
    assert not ledger.lost()
    assert len(ledger.acks()) == 2 * keys
    return (
        f"{found[0]}/{keys} behind the database and {found[1]}/{keys} before the web found again; "
        f"control that knows no form again: {_control_lost(ground, offered)} of {AT_ONCE} not found"
    )


def _control_lost(ground: Ground, offered: OfferedService) -> int:
    """When a form that was sent is not known again, its repetition finds nothing."""
    slot = world.slot(offered, places=AT_ONCE, no=1)
    with ground.web("sent") as server:
        forms = _forms(server.address, slot, AT_ONCE)
        assert _sent(forms) == [MOVED_ON] * AT_ONCE
        missed = AT_ONCE - _sent(forms).count(MOVED_ON)
    assert missed, "the control found them: the harness cannot see it"
    return missed


def _forms(address, slot, keys):
    browsers = [Browser(address) for _ in range(keys)]
    pages = side_by_side(AT_ONCE, [lambda b=b: world.held_form(b, slot) for b in browsers])
    return [(b, page, world.couple()) for b, page in zip(browsers, pages, strict=True)]


def _send_losing(ground, proxy, word, forms, ledger):
    """Send each form with its answer lost, then again; gives how many were stored by the first
    and found by the second."""
    found = 0
    for form in forms:
        key = form[1].form_with("form_key").fields["form_key"]
        proxy.lose_answer_to(word, 1)
        assert _answer(form) in (AWAY, 0)
        proxy.lose_answer_to(b"", 0)
        stored = _reference(key)
        again = _send_again(form)
        assert again.status == MOVED_ON, again.status
        ledger.acknowledged(key, again.location)
        found += again.location == f"/my/{stored}/"
    assert found == len(forms), f"{found} of {len(forms)} were stored the first time"
    return found


def _answer(form) -> int:
    try:
        return world.send(*form).status
    except CUT:
        return 0


def _send_again(form):
    for _ in range(20):
        try:
            answer = world.send(*form)
        except CUT:
            continue
        if answer.status != AWAY:
            return answer
    raise AssertionError("no answer to the repeated form")


def _reference(key: str) -> str:
    booking = Booking.objects.exclude(status=Status.HELD).filter(form_key=key).first()
    return booking.reference if booking else ""
