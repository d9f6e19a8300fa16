"""A web process dies by kill -9 while forms are being sent (fault F12): a booking is there
whole, with its people, consent, history and message, or not at all; sending again settles it."""

import http.client
import random
import time
from urllib.error import URLError

import pytest

from bookings.models import Booking, BookingChange, Party
from bookings.workflow import Status
from notifications.models import Message
from tests.live import world
from tests.live.browser import Browser
from tests.live.size import full_or
from tests.live.together import at_once, side_by_side
from tests.races.invariants import broken_invariants

pytestmark = [pytest.mark.postgres, pytest.mark.race]

KILLS, FORMS = full_or(200, 30), 3
LATEST_SECONDS = 0.2
CUT = (URLError, http.client.HTTPException, ConnectionError, TimeoutError)


def test_nothing_is_half_stored(serve):
    slot = world.slot(world.marriage_at_bang_rak(), places=KILLS * FORMS)
    unanswered = kept = 0

    with serve(threads=4) as server:
        for _ in range(KILLS):
            forms = _forms(server, slot)
            answers = _send_and_kill(server, forms)
            cut = [form for form, answer in zip(forms, answers, strict=True) if answer is None]
            unanswered += len(cut)
            kept += sum(_stored(form) for form in cut)
            _assert_all_whole()
            for form in forms:
                assert _send_until_answered(form).status == 303
            assert all(_stored(form) for form in forms)

    print(
        f"{KILLS} kills under {KILLS * FORMS} forms: {unanswered} unanswered, {kept} of them "
        "stored, all settled by sending again, 0 half stored"
    )
    assert unanswered > 0
    assert Booking.objects.filter(status=Status.REQUESTED).count() == KILLS * FORMS
    _assert_all_whole()
    slot.refresh_from_db()
    assert slot.taken == KILLS * FORMS
    assert broken_invariants() == ""


def _forms(server, slot):
    browsers = [Browser(server.address) for _ in range(FORMS)]
    pages = side_by_side(FORMS, [lambda b=b: world.held_form(b, slot) for b in browsers])
    return [(b, page, world.couple()) for b, page in zip(browsers, pages, strict=True)]


def _send_and_kill(server, forms):
    def send(form):
        try:
            return world.send(*form)
        except CUT:
            return None

    def kill():
        time.sleep(random.uniform(0, LATEST_SECONDS))
        server.kill_worker(random.choice(server.workers()))

    return [timed.value for timed in at_once([*(lambda f=f: send(f) for f in forms), kill])][:-1]


def _send_until_answered(form):
    for _ in range(20):
        try:
            return world.send(*form)
        except CUT:
            time.sleep(0.1)
    raise AssertionError("the server did not come back")


def _stored(form):
    key = form[1].form_with("form_key").fields["form_key"]
    return Booking.objects.filter(form_key=key, status=Status.REQUESTED).exists()


def _assert_all_whole():
    """Booking, people, consent, history and message agree, each way round."""
    sent = set(Booking.objects.filter(status=Status.REQUESTED).values_list("pk", flat=True))
    held = Booking.objects.filter(status=Status.HELD)
    assert not held.exclude(consent=None, requested_at=None, body_hash=None).exists()
    assert not Booking.objects.filter(pk__in=sent, consent=None).exists()
    people = list(Party.objects.values_list("booking_id", flat=True))
    assert sorted(people) == sorted([*sent, *sent])
    steps = BookingChange.objects.filter(to_status=Status.REQUESTED)
    assert sorted(steps.values_list("booking_id", flat=True)) == sorted(sent)
    told = Message.objects.filter(kind="received").values_list("case_id", flat=True)
    assert sorted(told) == sorted(sent)
