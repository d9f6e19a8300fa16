"""What is measured on: slots with room enough, holds, and the browsers that keep them."""

import random
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.conf import settings
from django.http import HttpResponse
from django.middleware.csrf import get_token
from django.test import RequestFactory
from django.utils import timezone
from stdnum.th import pin

from benchmarks.load import Request
from bookings import queries, rules, services
from bookings.models import Slot
from offices.models import OfferedService
from portal import visitor

ROOMY = 20_000
SPREAD_SLOTS = 400
FULL_NAMES = ("มะลิ ใจดี", "ธนา ศรีสุข")


@dataclass(frozen=True)
class Browser:
    """A visitor with the cookies that the site gave and the token of its forms."""

    holder: str
    cookies: dict[str, str]
    token: str


def offered(office: str = "pathum-wan", service: str = "marriage") -> OfferedService:
    """The service that is booked: an office's whose page of times is not measured."""
    return OfferedService.objects.select_related("office", "service", "pattern").get(
        office__slug=office, service__code=service
    )


def slots_of(offer: OfferedService, *, venue: str, capacity: int, count: int = 1) -> list[Slot]:
    """New slots in the middle of the booking window, apart from the office's own by `venue`."""
    day = rules.booking_window(offer, now=timezone.now()).last
    first = timezone.make_aware(datetime.combine(day, time(6)))
    starts = [first + timedelta(minutes=number) for number in range(count)]
    rows = [
        Slot(
            office_id=offer.office_id,
            service_id=offer.service_id,
            venue=venue,
            starts_at=start,
            ends_at=start + timedelta(minutes=29),
            capacity=capacity,
            online_capacity=capacity,
        )
        for start in starts
    ]
    return Slot.objects.bulk_create(rows)


def browser() -> Browser:
    """A new visitor, as `portal.visitor.remember` and the CSRF middleware leave it."""
    name = visitor.new_visitor()
    request = RequestFactory().get("/")
    token = get_token(request)
    response = HttpResponse()
    visitor.remember(response, name)
    cookies = {
        visitor.COOKIE: response.cookies[visitor.COOKIE].value,
        settings.CSRF_COOKIE_NAME: request.META["CSRF_COOKIE"],
    }
    return Browser(visitor.holder_for(name), cookies, token)


def hold_requests(offer: OfferedService, slots: list[Slot], count: int) -> list[Request]:
    """POSTs that hold a place, each from a browser of its own, over the slots in turn."""
    path = f"/offices/{offer.office.slug}/{offer.service.code}/hold/"
    return [
        Request(path, {"csrfmiddlewaretoken": who.token, "slot": str(slot.pk)}, who.cookies)
        for who, slot in zip((browser() for _ in range(count)), _in_turn(slots, count), strict=True)
    ]


def booking_requests(offer: OfferedService, slots: list[Slot], count: int) -> list[Request]:
    """POSTs of the whole form of a marriage on holds made here, by people never seen before."""
    now = timezone.now()
    requests = []
    for slot in _in_turn(slots, count):
        who = browser()
        booking = services.hold(slot=slot, offered=offer, holder=who.holder, language="th", now=now)
        form = {
            "csrfmiddlewaretoken": who.token,
            "form_key": str(booking.form_key),
            **_person(""),
            **_person("partner_"),
            "phone": f"08{random.randrange(10**8):08d}",
            "email": f"bench-{secrets.token_hex(6)}@example.com",
            "note": "ขอทางลาดสำหรับรถเข็น",
            "consent": "on",
        }
        requests.append(Request(f"/bookings/hold/{booking.form_key}/", form, who.cookies))
    return requests


def fill_page_of_times(offer: OfferedService) -> None:
    """Take some places of the page that is measured, as an office in use has them."""
    now = timezone.now()
    for slot in queries.next_free(offer, now=now, count=12):
        services.hold(slot=slot, offered=offer, holder=browser().holder, language="th", now=now)


def _person(prefix: str) -> dict[str, str]:
    return {
        f"{prefix}full_name": FULL_NAMES[bool(prefix)],
        f"{prefix}nationality": "TH",
        f"{prefix}national_id": national_id(),
        f"{prefix}passport_no": "",
    }


def national_id() -> str:
    """Thirteen digits of nobody, with the right check digit."""
    body = f"{random.randrange(1, 9)}{random.randrange(10**11):011d}"
    return body + pin.calc_check_digit(body)


def _in_turn(slots: list[Slot], count: int) -> Iterator[Slot]:
    return (slots[number % len(slots)] for number in range(count))
