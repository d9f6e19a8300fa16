"""Two offices with one of everything, and a signed-in browser for each role."""

from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.http import HttpResponse
from django.test import Client

from accounts import line_links
from accounts import services as accounts
from accounts.models import LineAccount, ViewLog
from accounts.roles import Role
from bookings import hall_links, links, request_links
from bookings import services as bookings
from bookings.models import Alarm, Document, Part, Slot, Ticket
from bookings.services import counter
from core.workflow import CITIZEN
from notifications.models import Message
from offices.models import OfferedService, Office, PopularDay, Window
from portal import access, visitor
from portal.views import kiosk, privacy
from registry_requests import links as copy_links
from registry_requests import services as copies
from registry_requests.models import CopyRequest, CopyRules
from tests import factories
from tests.factories import NOW
from tests.registry_requests.conftest import collection_at, submit

NEVER = 999_999
OFFICE_ROLES = {"O": Role.OFFICER, "E": Role.OFFICER, "H": Role.HEAD, "D": Role.DIRECTOR}
CITY_ROLES = {"Z": Role.CENTRAL, "U": Role.AUDITOR}
STAFF = "OEHDZU"
ROLES = "AL" + STAFF
# Not this machine, which may read the metrics.
FAR_AWAY = {"REMOTE_ADDR": "203.0.113.9"}


@dataclass(frozen=True)
class World:
    own: SimpleNamespace
    other: SimpleNamespace
    clients: dict[str, Client]


def make_world() -> World:
    own = _office(factories.make_office(), visitor_name="mali")
    other = _office(
        factories.make_office(
            code=1040, slug="bang-khae", prefix="BK", name_th="บางแค", name_en="Bang Khae"
        ),
        visitor_name="somchai",
    )
    clients = {"A": Client(**FAR_AWAY), "L": _holder(own)}
    for letter, role in (OFFICE_ROLES | CITY_ROLES).items():
        user = factories.make_staff(role, office=own.office, may_decide=letter == "E")
        clients[letter] = Client(**FAR_AWAY)
        clients[letter].force_login(user)
    return World(own, other, clients)


def _office(office: Office, *, visitor_name: str) -> SimpleNamespace:
    offered = factories.make_offered(office=office)
    slot = factories.make_slot(offered, capacity=5)
    return SimpleNamespace(
        office=office,
        visitor=visitor_name,
        slot=slot,
        hold=factories.hold(slot, offered, holder=visitor.holder_for(visitor_name)),
        datarequest=factories.make_data_request(office=office),
        waitingentry=factories.wait(offered),
        lineaccount=_line_account(visitor_name),
        copyrequest=_copy_request(office),
        **_catalogue(offered),
        **_case(offered, slot),
        **_closed(offered),
        **_hall(offered),
    )


def _catalogue(offered: OfferedService) -> dict[str, Any]:
    popular = PopularDay.objects.get_or_create(date="2027-02-14", name_th="วันวาเลนไทน์")[0]
    return {
        "offered": offered,
        "offeredservice": offered,
        "section": offered.section,
        "openingpattern": offered.pattern,
        "service": offered.service,
        "checklistitem": factories.ItemFactory(service=offered.service),
        "popularday": popular,
        "copyrules": CopyRules.objects.create(office=offered.office),
        "user": factories.make_staff(office=offered.office),
    }


def _case(offered: OfferedService, slot: Slot) -> dict[str, Any]:
    """A booking with a picture and a message, opened once by the head."""
    name = f"ผู้ร้อง{'ก' * len(offered.office.slug)}"
    details = factories.couple_details(factories.thai(name), factories.thai())
    booking = factories.booking_at(offered=offered, slot=slot, details=details)
    accounts.log_view(
        by=factories.make_staff(Role.HEAD, office=offered.office),
        office_id=offered.office_id,
        case=booking.reference,
        what="number",
        now=NOW,
    )
    return {
        "booking": booking,
        "document": _document(booking),
        "message": Message.objects.get(case_id=booking.pk),
        "viewlog": ViewLog.objects.get(office=offered.office),
    }


def _closed(offered: OfferedService) -> dict[str, Any]:
    closing = bookings.plan(
        office=offered.office,
        day=factories.at(2026, 12, 14).date(),
        part=Part.MORNING,
        services=[offered],
        reason_th="ทดสอบ",
        by=factories.make_staff(Role.HEAD, office=offered.office),
        now=NOW,
    )
    day = factories.at(2026, 12, 15).date()
    return {"closing": closing, "closure": factories.make_closure(day, office=offered.office)}


def _hall(offered: OfferedService) -> dict[str, Any]:
    office, clerk = offered.office, factories.make_staff(office=offered.office)
    return {
        "ticket": _ticket(offered),
        "window": Window.objects.create(office=office, section=offered.section, label="5"),
        "alarm": Alarm.objects.create(office=office, by=clerk, at=NOW),
        "kiosk": counter.open_kiosk(office=office, by=clerk, now=NOW),
    }


def _copy_request(office: Office) -> CopyRequest:
    """One whose person is asked for more."""
    offered = collection_at(office)
    made = submit(offered, factories.make_slot(offered, starts=factories.at(2026, 12, 9, 10)))
    head = factories.make_staff(Role.HEAD, office=office)
    copies.take(request=made, by=head, now=NOW)
    return copies.ask_for_more(request=made, text="ขอเลขทะเบียน", by=head, now=NOW)


def _ticket(offered) -> Ticket:
    """Somebody who walked in today."""
    factories.make_slot(offered, starts=NOW)
    return counter.add_walk_in(offered=offered, by=CITIZEN, now=NOW)


def _document(booking) -> Document:
    name = f"documents/{booking.pk}.jpg"
    path = Path(settings.MEDIA_ROOT, name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"a picture")
    return Document.objects.create(booking=booking, file=name, kind="jpg", size=9, sent_at=NOW)


def _line_account(user: str) -> LineAccount:
    holder = line_links.Holder("มะลิ", factories.national_id(), "+66800000000")
    nonce = line_links.begin(holder=holder, text_version="1", language="th", now=NOW)
    return line_links.bind(nonce=nonce, user_id=user, now=NOW)


def _holder(side: SimpleNamespace) -> Client:
    """The browser that holds the place, and came by the link of the booking."""
    response = HttpResponse()
    visitor.remember(response, side.visitor)
    access.grant(response, side.booking)
    response.cookies.update(privacy.granted(side.datarequest).cookies)
    kiosk.grant(response, side.kiosk)
    access.grant_waiting(response, side.waitingentry)
    access.grant_copy(response, side.copyrequest)
    client = Client(**FAR_AWAY)
    client.cookies.update(response.cookies)
    return client


# --- addresses ------------------------------------------------------------------------------


def place(name: str, side: SimpleNamespace) -> dict[str, Any]:
    """The words of a public address."""
    return {
        "office": lambda: {"office": side.office.slug},
        "service": lambda: {"office": side.office.slug, "service": side.service.code},
        "token": lambda: {"token": _token(links.link(side.booking))},
        "waiting_token": lambda: {"token": _token(links.waiting_link(side.waitingentry))},
        "kept_token": lambda: {"token": _token(links.hold_link(side.hold))},
        "line_account_token": lambda: {
            "token": _token(line_links.page_link(side.lineaccount, now=NOW))
        },
        "code": lambda: {"code": links.short_code(side.booking)},
        "message": lambda: {"message": side.message.pk},
        "copy_token": lambda: {"token": _token(copy_links.link(side.copyrequest))},
        "data_token": lambda: {
            "token": request_links.link(side.datarequest).rstrip("/").rpartition("/")[2]
        },
        "queue_code": lambda: {"code": hall_links.queue_code(side.ticket)},
        "kiosk_token": lambda: {
            "office": side.office.slug,
            "token": hall_links.kiosk_link(side.kiosk, now=NOW).rstrip("/").rpartition("/")[2],
        },
    }[name]()


def _token(link: str) -> str:
    return link.rstrip("/").rpartition("/")[2]


def kwargs_of(name: str, side: SimpleNamespace | None) -> dict[str, Any]:
    """The words of an address about an object; without a side, about one that does not exist."""
    pk = side.booking.pk if side else NEVER
    return {
        "hold": lambda: {"key": side.hold.form_key if side else uuid4()},
        "waiting": lambda: {"reference": side.waitingentry.reference if side else "BR-2222-22"},
        "reference": lambda: {"reference": side.booking.reference if side else "BR-2222-22"},
        "data_reference": lambda: {
            "reference": side.datarequest.reference if side else "BR-2222-22"
        },
        "waiting_entry": lambda: {"pk": side.waitingentry.pk if side else NEVER},
        "copy_request": lambda: {"pk": side.copyrequest.pk if side else NEVER},
        "copy_reference": lambda: {
            "reference": side.copyrequest.reference if side else "BR-2222-22"
        },
        "data_request": lambda: {"pk": side.datarequest.pk if side else NEVER},
        "kiosk": lambda: {"office": side.office.slug if side else "nowhere"},
        "kiosk_slip": lambda: {
            "office": side.office.slug if side else "nowhere",
            "code": hall_links.queue_code(side.ticket) if side else "0000000000",
        },
        "booking": lambda: {"pk": pk},
        "offered": lambda: {"pk": side.offered.pk if side else NEVER},
        "closing": lambda: {"pk": side.closing.pk if side else NEVER},
        "booking_item": lambda: {"pk": pk},
        "applicant": lambda: {"pk": pk, "position": 1},
        "ticket": lambda: {"pk": side.ticket.pk if side else NEVER},
        "alarm": lambda: {"pk": side.alarm.pk if side else NEVER},
        "message": lambda: {"pk": side.message.pk if side else uuid4()},
        "document": lambda: {"pk": pk, "document": side.document.pk if side else uuid4()},
    }[name]()


def body_of(name: str, side: SimpleNamespace) -> dict[str, Any]:
    """What a form of the page would send, where an empty one would not do."""
    return {
        "bookings_booking_mark": {"item": side.checklistitem.pk, "state": "present"},
        "desk_ticket": {"action": "call", "version": side.ticket.version},
        "desk_booking": {"action": "arrive"},
        "bookings_booking_confirm": {"version": side.booking.version},
        "portal:hold": {"slot": side.slot.pk},
    }.get(name.removeprefix("admin:"), {})
