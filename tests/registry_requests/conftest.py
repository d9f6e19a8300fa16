"""What the tests of copies share: the record office, its times of collection, an officer and a
head; and the last word of the invariants after each test."""

from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine

from bookings.services import Person, integrity
from offices.models import Fee
from registry_requests import services
from registry_requests.models import Comparison, CopyRequest, Kind
from tests.factories import (
    NOW,
    CaseFactory,
    ServiceFactory,
    make_offered,
    make_office,
    make_slot,
    make_staff,
    national_id,
)

BACK, PHOTO = "JC1123456712", "10400212345678"


@pytest.fixture(autouse=True)
def invariants_hold(db, request):
    yield
    if "broken_on_purpose" not in request.fixturenames:
        broken = [str(f) for f in integrity.findings(now=NOW + timedelta(days=60)) if f.problems]
        assert broken == []


@pytest.fixture
def broken_on_purpose():
    """For a test that makes an invariant false."""


@pytest.fixture
def at_now():
    """The pages ask the clock."""
    with time_machine.travel(NOW, tick=False):
        yield


def collection_at(office):
    service = ServiceFactory(
        code="collect-copies",
        icon="files",
        name_th="ขอคัดและรับรองสำเนา",
        name_en="Certified copies",
        parties=1,
        by_request=True,
    )
    for kind in (Kind.HOUSE, Kind.MARRIAGE, Kind.DIVORCE, Kind.PHOTO):
        CaseFactory(service=service, code=kind, name_th=kind.value, name_en=kind.value)
    Fee.objects.get_or_create(service=service, amount=10, valid_from="2026-10-01")
    return make_offered(
        office=office, service=service, online_places=2, total_places=4, needs_officer=False
    )


@pytest.fixture
def offered(db):
    return collection_at(make_office())


@pytest.fixture
def elsewhere(offered):
    """Collection at another office than that of the record."""
    bang_khae = make_office(
        code=1040, slug="bang-khae", prefix="BK", name_th="บางแค", name_en="Bang Khae"
    )
    return collection_at(bang_khae)


@pytest.fixture
def slot(offered):
    return make_slot(offered, capacity=2)


@pytest.fixture
def officer(offered):
    return make_staff(may_decide=False)


@pytest.fixture
def head(offered):
    return make_staff(first_name="สมชาย")


def wish(place, slot, *, number="", form_key=None, **changes):
    """A good wish for two copies of the house registration; the key of its form."""
    form_key = form_key or uuid4()
    number = number or national_id()
    facts = {
        "kind": Kind.HOUSE,
        "office": place.office,
        "person": Person("สุดารัตน์ ทดลองสุข", "TH", number),
        "phone": "+66812345678",
        "email": "sudarat@example.com",
        "language": "th",
        "channel": CopyRequest.Channel.WEB,
        "copies": 2,
        "back_code": services.CardCode.of("back_code", BACK, form_key=form_key),
        "photo_code": services.CardCode.of("photo_code", PHOTO, form_key=form_key),
        "offered": place,
        "slot": slot,
    }
    return form_key, services.Wish(**(facts | changes))


def submit(place, slot, *, now=NOW, by=None, body=b"1" * 32, **changes) -> CopyRequest:
    form_key, wished = wish(place, slot, **changes)
    extra = {"by": by} if by else {}
    return services.submit(form_key=form_key, wish=wished, body_hash=body, now=now, **extra)


def enquire(place, **changes) -> CopyRequest:
    nothing = {"kind": Kind.ENQUIRY, "back_code": None, "photo_code": None, "offered": None}
    return submit(place, None, note="ทำบัตรให้ผู้ป่วยติดเตียง", **(nothing | changes))


def identify(request, number, by, *, now=NOW) -> None:
    typed = {Comparison.Item.NUMBER: number, Comparison.Item.BACK_CODE: BACK}
    results = services.compare(request=request, typed=typed, by=by, now=now)
    assert all(results.values())


def approved(offered, slot, head, **changes) -> CopyRequest:
    number = national_id()
    request = submit(offered, slot, number=number, **changes)
    identify(request, number, head)
    return services.approve(request=request, fee_each=10, by=head, now=NOW)
