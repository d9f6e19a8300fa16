"""Whatever people do in whatever order, places and history stay true."""

from datetime import timedelta

from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from bookings import services
from bookings.models import Booking, Slot
from bookings.services import integrity
from core.errors import Refused
from core.workflow import CITIZEN, SYSTEM, Actor
from tests.factories import (
    NOW,
    ItemFactory,
    couple_details,
    hold,
    make_offered,
    make_slot,
    make_staff,
    submit,
    thai,
)

SLOTS = 3
PEOPLE = 3
numbers = st.integers(0, 20)
minutes = st.integers(0, 15)


class Bookings(RuleBasedStateMachine):
    """Three times with one or two places, three browsers of three couples, two officers, and a
    clock that only goes on. Every verb may be tried on every booking; a refusal changes nothing."""

    def __init__(self):
        super().__init__()
        self.whole = transaction.atomic()
        self.whole.__enter__()
        self.now = NOW
        self.offered = make_offered(max_moves=2)
        self.slots = [make_slot(self.offered, capacity=n, online=1) for n in (1, 2, 2)]
        self.officers = [make_staff(username=f"machine{n}") for n in range(2)]
        self.item = ItemFactory(service=self.offered.service)
        self.couples = [(thai(), thai()) for _ in range(PEOPLE)]

    def teardown(self):
        transaction.set_rollback(True)
        self.whole.__exit__(None, None, None)

    def attempt(self, verb, **facts):
        try:
            with transaction.atomic():
                verb(now=self.now, **facts)
        except Refused:
            pass

    def booking(self, number):
        bookings = list(Booking.objects.order_by("pk"))
        return bookings[number % len(bookings)] if bookings else None

    @rule(minutes=minutes)
    def time_goes_on(self, minutes):
        self.now += timedelta(minutes=minutes)

    @rule(slot=st.integers(0, SLOTS - 1), who=st.integers(0, PEOPLE - 1))
    def hold(self, slot, who):
        self.attempt(hold, slot=self.slots[slot], offered=self.offered, holder=f"browser {who}")

    @rule(number=numbers, who=st.integers(0, PEOPLE - 1), body=st.sampled_from([b"1", b"2"]))
    def submit(self, number, who, body):
        if held := self.booking(number):
            details = couple_details(*self.couples[who])
            self.attempt(submit, held=held, details=details, body_hash=body * 32)

    @rule(number=numbers, by=st.sampled_from([CITIZEN, SYSTEM]))
    def release(self, number, by):
        if booking := self.booking(number):
            self.attempt(services.release_hold, booking=booking, by=by)

    @rule(number=numbers, who=st.integers(0, PEOPLE - 1))
    def extend(self, number, who):
        if booking := self.booking(number):
            holder = f"browser {who}"
            self.attempt(services.extend_hold, booking_id=booking.pk, holder=holder)

    @rule()
    def sweep(self):
        services.release_expired(now=self.now)

    @rule(
        number=numbers,
        officer=st.integers(0, 1),
        verb=st.sampled_from(["confirm", "reject", "ask_for_documents", "take_over"]),
        version=st.none() | st.integers(1, 6),
    )
    def decide(self, number, officer, verb, version):
        if booking := self.booking(number):
            facts = {
                "confirm": {"version": version},
                "reject": {"reason": "ทดสอบ", "version": version},
                "ask_for_documents": {"items": [self.item], "version": version},
                "take_over": {},
            }[verb]
            by = self.officers[officer]
            self.attempt(getattr(services, verb), booking=booking, by=by, **facts)

    @rule(number=numbers)
    def documents_sent(self, number):
        if booking := self.booking(number):
            self.attempt(services.documents_sent, booking=booking)

    @rule(number=numbers, is_staff=st.booleans())
    def cancel(self, number, is_staff):
        if booking := self.booking(number):
            self.attempt(services.cancel, booking=booking, **self.actor(is_staff))

    @rule(number=numbers, is_staff=st.booleans(), slot=st.integers(0, SLOTS - 1))
    def move(self, number, is_staff, slot):
        if booking := self.booking(number):
            actor = self.actor(is_staff)
            self.attempt(services.move_to, booking=booking, slot=self.slots[slot], **actor)

    @rule(slot=st.integers(0, SLOTS - 1), closes=st.booleans())
    def close(self, slot, closes):
        closed_at = self.now if closes else None
        Slot.objects.filter(pk=self.slots[slot].pk).update(closed_at=closed_at)

    def actor(self, is_staff):
        if is_staff:
            return {"by": Actor.staff(self.officers[0]), "reason": "ทดสอบ"}
        return {"by": CITIZEN}

    @invariant()
    def every_invariant_holds(self):
        assert [str(f) for f in integrity.findings(now=self.now) if f.problems] == []


def test_any_order_of_verbs_keeps_the_invariants(db):
    run_state_machine_as_test(
        Bookings,
        settings=settings(
            max_examples=12,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
