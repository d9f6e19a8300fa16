"""The form comes twice, changed, or its answer never arrives (F3, F4)."""

from bookings.models import Booking, Party
from bookings.workflow import Status
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
    slot = world.slot(world.marriage_at_bang_rak(), places=keys)
    with ground.web() as server:
        browsers = [Browser(server.address) for _ in range(keys)]
        pages = side_by_side(AT_ONCE, [lambda b=b: world.held_form(b, slot) for b in browsers])
        forms = list(zip(browsers, pages, strict=True))
        first = side_by_side(
            AT_ONCE, [lambda f=f: world.send(*f, world.couple()).status for f in forms]
        )
        others = side_by_side(AT_ONCE, [lambda f=f: world.send(*f, world.couple()) for f in forms])
    assert first == [MOVED_ON] * keys, first
    assert [answer.status for answer in others] == [409] * keys
    assert Booking.objects.exclude(status=Status.HELD).count() == keys
    assert Party.objects.count() == 2 * keys
    return f"{keys} keys, {keys} refused with 409, 0 second rows"


@scenario("F4", "the answer is lost after COMMIT")
def lost_answer(ground: Ground) -> str:
    keys = ground.pick(100, 4)
    slot = world.slot(world.marriage_at_bang_rak(), places=2 * keys)
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
    return f"{found[0]}/{keys} behind the database and {found[1]}/{keys} before it found again"


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
