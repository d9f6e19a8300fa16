"""The codes of a card are nowhere in clear, whoever typed them and however wrongly (S0-R03, R04,
R06, R11); the 13-digit number only where an officer opens it (S0-R22)."""

import json
import logging
from base64 import b64encode
from dataclasses import dataclass, field
from urllib.parse import quote, urlsplit
from uuid import uuid4

import pytest
import time_machine
from django.core.cache import cache
from django.urls import reverse

from accounts.models import LineAccount
from accounts.roles import Role
from bookings.models import DataRequest, Slot
from bookings.services import Asked, Person, data_requests, holders
from core.text import thai_digits
from notifications import delivery
from registry_requests.models import Comparison, CopyRequest
from registry_requests.workflow import Status
from tests.data import marks
from tests.data.marks import BACK, CODES, OTHER_BACK, OTHER_PHOTO, PHOTO, hits
from tests.factories import NOW, make_staff
from tests.line_channel import people
from tests.line_channel.everywhere import Recorder, cached, database, messages
from tests.line_channel.people import buttons_of, event

pytestmark = pytest.mark.django_db

BY_WEB, BY_CHAT, AT_THE_COUNTER, NOBODY = marks.NUMBERS
TYPED_BACK, TYPED_PHOTO = "qx9-8765432-98", "9753-18-64209753"
PHONE = "081 234 5678"
NAME = "สุดารัตน์ ทดลองสุข"


@dataclass
class World:
    """The site as people and officers used it, and all that it answered them."""

    slots: list
    stub: object
    seen: list = field(default_factory=list)

    def browser(self, user=None):
        browser = Recorder(self.seen)
        if user:
            browser.force_login(user, backend="accounts.backends.RoleBackend")
        return browser


@pytest.fixture
def everything_logged(caplog, settings):
    """Every logger down to its DEBUG, those too that say little to be short; not the one that is
    kept from it because it would tell."""
    assert settings.LOGGING["loggers"]["django.template"] == {"level": "INFO"}
    before = {}
    for name in {"", *logging.root.manager.loggerDict} - {"django.template"}:
        logger = logging.getLogger(name)
        before[logger] = (logger.level, logger.propagate)
        logger.setLevel(logging.DEBUG)
        logger.propagate = True
    yield caplog
    for logger, (level, propagate) in before.items():
        logger.setLevel(level)
        logger.propagate = propagate


@pytest.fixture
def world(settings, everything_logged, stub, offered):
    settings.STAFF_MFA_REQUIRED = False
    settings.SMS_GATEWAY_URL = "http://127.0.0.1:9/"
    slots = Slot.objects.of(offered).order_by("starts_at")
    with time_machine.travel(NOW, tick=False):
        yield World(list(slots), stub)


# --- the four who type codes -------------------------------------------------------------------


def asks_by_web(world):
    """Every field filled in wrongly once, then rightly; sent twice, and with another body."""
    page, browser = "/requests/new/bang-rak/", world.browser()
    form = {
        "form_key": str(uuid4()),
        "kind": "house",
        "copies": "2",
        "collect_at": "bang-rak",
        "date": "30/11/2569",
        "slot": str(world.slots[0].pk),
        "full_name": NAME,
        "national_id": BY_WEB,
        "back_code": TYPED_BACK,
        "photo_code": TYPED_PHOTO,
        "phone": PHONE,
        "email": "sudarat@example.com",
        "consent": "on",
    }
    for wrong in (
        {"back_code": TYPED_BACK[:-1]},
        {"back_code": TYPED_PHOTO, "photo_code": TYPED_BACK},
        {"photo_code": f"{TYPED_PHOTO}0"},
        {"photo_code": thai_digits(TYPED_PHOTO), "full_name": ""},
        {"national_id": BY_WEB[:-1]},
        {"phone": "x"},
        {"slot": "99999999"},
        {"show": "1"},
    ):
        assert browser.post(page, form | wrong).status_code in (200, 422)
    assert browser.post(page, form).status_code == 303
    assert browser.post(page, form).status_code == 303
    assert browser.post(page, form | {"back_code": OTHER_BACK}).status_code == 409
    assert browser.post(page, form | {"form_key": str(uuid4())}).status_code == 422
    made = CopyRequest.objects.get(channel="web")
    for end in ("", "move/", "cancel/", "documents/", "ticket.pdf", "event.ics"):
        assert browser.get(f"/my/{made.reference}/{end}").status_code == 200
    browser.post("/find/", {"reference": made.reference, "phone": PHONE})


def asks_in_the_chat(world):
    """Links the account, mistypes each step, and says codes where none is asked for."""
    person = people.Person(world.browser(), world.stub)
    person.says(f"1#{TYPED_BACK}")
    page = urlsplit(buttons_of(person.last)["เชื่อมบัญชี LINE"]["uri"])
    holder = {"full_name": NAME, "national_id": BY_CHAT, "phone": PHONE, "consent": "on"}
    address = f"{page.path}?{page.query}"
    browser = world.browser()
    assert browser.post(address, holder | {"national_id": BY_CHAT[:-1]}).status_code == 422
    dialog = browser.post(address, holder)["Location"]
    nonce = dialog.rpartition("nonce=")[2]
    person.does(event("accountLink", when=person.now, link={"result": "ok", "nonce": nonce}))
    person.says("ยกเลิก")
    for line in (
        f"1#{TYPED_BACK[:-1]}",
        f"รหัส {TYPED_BACK} เลข {TYPED_PHOTO} บัตร {BY_CHAT} ค่ะ",
        f"{BY_CHAT[0]}-{BY_CHAT[1:5]}-{BY_CHAT[5:10]}-{BY_CHAT[10:12]}-{BY_CHAT[12]}",
        f"5#{TYPED_BACK}",
        "ยกเลิก",
    ):
        person.says(line)
    # Five wrong codes in an hour are the limit of the chat.
    person.waits(hours=1)
    for line in (
        f"1#{thai_digits(BACK)}",
        f"1 ฉบับ {TYPED_PHOTO}",
        TYPED_BACK,
        "1 ฉบับ 30/11/2569 เวลา 10.01",
        PHOTO[:-1],
        thai_digits(TYPED_PHOTO),
    ):
        person.says(line)
    person.presses("ยืนยันและส่ง")
    person.says("สถานะ")
    made = CopyRequest.objects.get(channel="line")
    assert (made.back_code_tail, made.photo_code_tail) == (BACK[-2:], PHOTO[-2:])


def is_entered_at_the_counter(world, officer):
    page, desk = reverse("admin:registry_requests_copyrequest_add"), world.browser(officer)
    form = {
        "form_key": str(uuid4()),
        "office": "bang-rak",
        "collect": "bang-rak",
        "kind": "house",
        "copies": "1",
        "full_name": NAME,
        "national_id": AT_THE_COUNTER,
        "back_code": TYPED_BACK,
        "photo_code": TYPED_PHOTO,
        "slot": str(world.slots[2].pk),
        "phone": PHONE,
        "identity_seen": "on",
        "consent": "on",
    }
    for wrong in (
        {"back_code": TYPED_BACK[:-1]},
        {"photo_code": TYPED_PHOTO[:-1]},
        {"full_name": "", "photo_code": TYPED_BACK},
        {"national_id": f"{AT_THE_COUNTER[:-1]}x"},
    ):
        assert desk.post(page, form | wrong).status_code == 422
    assert desk.post(page, form).status_code == 302


def is_compared_and_handed_out(world, made, number, head):
    """By what the card says, after what another card says; then to the hands of the person."""
    desk = world.browser(head)

    def do(verb, **typed):
        version = CopyRequest.objects.get(pk=made.pk).version
        page = reverse(f"admin:registry_requests_copyrequest_{verb}", args=[made.pk])
        answer = desk.post(page, {"version": version, **typed})
        desk.get(reverse("admin:registry_requests_copyrequest_change", args=[made.pk]))
        return answer.status_code

    found = desk.post(
        reverse("admin:registry_requests_copyrequest_changelist"), {"q": number}, follow=True
    )
    assert made.reference in found.content.decode()
    assert do("compare", number=number[:-1], back_code=TYPED_BACK[:-1]) == 422
    other = {"number": NOBODY, "back_code": OTHER_BACK, "photo_code": OTHER_PHOTO}
    assert do("compare", **other) == 302
    assert do("compare", number=number, back_code=TYPED_BACK, photo_code=TYPED_PHOTO) == 302
    assert do("number", reason="ผู้ขอโทรมาถาม") == 200
    assert do("approve", fee_each=10, slot=made.collection.slot_id) == 302
    assert do("ready") == 302
    assert do("paid", receipt_no="12/2570") == 302
    assert do("hand_out", to=NAME, identity_seen="on") == 302
    assert Comparison.objects.filter(request=made, matched=True).count() == 3


def everybody_comes(world):
    entered_by, head = make_staff(may_decide=False), make_staff(Role.HEAD)
    asks_by_web(world)
    asks_in_the_chat(world)
    is_entered_at_the_counter(world, entered_by)
    delivery.deliver_due(now=NOW)
    for channel, number in (("web", BY_WEB), ("line", BY_CHAT), ("counter", AT_THE_COUNTER)):
        made = CopyRequest.objects.get(channel=channel)
        is_compared_and_handed_out(world, made, number, head)
        delivery.deliver_due(now=NOW)
    assert set(CopyRequest.objects.values_list("status", flat=True)) == {Status.COLLECTED}
    assert LineAccount.objects.open().count() == 1
    return head


def exported(world, head):
    """The list, the log of openings, and what a person is told about the own data."""
    browser = world.browser(head)
    bookings = browser.post(
        reverse("admin:bookings_booking_export") + "?tab=all", {"reason": "ประชุม"}
    ).getvalue()
    openings = browser.post(reverse("admin:accounts_viewlog_export")).content
    office = CopyRequest.objects.first().office
    person = Person(NAME, "TH", BY_WEB)
    asked = Asked(office, DataRequest.Kind("see"), person, "", "a@example.com", "", "th")
    request = data_requests.ask(form_key=uuid4(), asked=asked, now=NOW)
    request = data_requests.identify(request=request, by=head, now=NOW)
    held = [str(one) for one in holders.held_about(request)]
    references = CopyRequest.objects.values_list("reference", flat=True)
    assert all(reference in bookings.decode() for reference in references)
    assert all(reference in openings.decode() for reference in references)
    assert held
    return [bookings, openings, held]


def test_no_code_and_no_number_is_anywhere_in_clear(world, everything_logged):
    head = everybody_comes(world)

    found = {
        "exports": hits(exported(world, head)),
        "addresses": hits([answer.addresses for answer in world.seen]),
        "pages": hits([answer.body for answer in world.seen], CODES),
        "log": hits(everything_logged.text),
        "records": hits([str(record.__dict__) for record in everything_logged.records]),
        "database": hits(database()),
        "cache": hits(cached()),
        "messages": hits(messages()),
        "sent by LINE": hits([sent.messages for sent in world.stub.sent]),
    }

    assert {place for place, marks_there in found.items() if marks_there} == set(), found
    # Each was there to be found.
    assert len(world.seen) > 90
    assert len(everything_logged.records) > 50
    assert len(messages()) > 30
    assert len(world.stub.sent) > 15
    assert BY_WEB in "".join(answer.body for answer in world.seen)


# --- and the searcher finds them ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        (BACK, BACK),
        (BACK.lower(), BACK),
        (TYPED_BACK, BACK),
        ("QX9 8765432 98", BACK),
        (f"เลข {thai_digits(BACK)} ค่ะ", BACK),
        ("the middle 8765432 alone", BACK),
        (TYPED_PHOTO, PHOTO),
        (thai_digits(TYPED_PHOTO), PHOTO),
        (" ".join(PHOTO), PHOTO),
        (quote(thai_digits(PHOTO)), PHOTO),
        (json.dumps({"text": thai_digits(PHOTO)}), PHOTO),
        ("".join(f"&#{ord(letter)};" for letter in BACK), BACK),
        (f"13-digit {BY_WEB[0]}-{BY_WEB[1:5]}-{BY_WEB[5:10]}-{BY_WEB[10:]}", BY_WEB),
        (BY_WEB[:-2], BY_WEB),
        (BY_WEB.encode(), BY_WEB),
        (memoryview(BACK.encode()), BACK),
        (b64encode(BACK.encode()).decode(), BACK),
        ({"a": [("b", {"c": PHOTO})]}, PHOTO),
        (list(PHOTO), PHOTO),
    ],
)
def test_a_mark_is_found_in_every_dress(text, mark):
    assert mark in hits(text)


def test_what_may_be_shown_is_no_hit():
    assert hits(f"{BACK[-2:]} {PHOTO[-2:]} {BY_WEB[-4:]} x-xxxx-xxxxx-{BY_WEB[-3:]}") == set()


def test_a_mark_left_behind_is_found_where_it_was_left(world, everything_logged):
    asks_by_web(world)
    browser = world.browser()

    CopyRequest.objects.update(note=TYPED_BACK, name_key=BY_WEB, id_sealed=PHOTO.encode())
    cache.set(f"seen:{PHOTO}", {"code": BACK})
    logging.getLogger("django.request").debug("Not Found: /find/?q=%s", OTHER_BACK)
    browser.get("/offices/", {"q": NOBODY})
    session = browser.session
    session["typed"] = OTHER_PHOTO
    session.save()

    assert hits(database()) == {BACK, BY_WEB, PHOTO, OTHER_PHOTO}
    assert hits(cached()) == {BACK, PHOTO, OTHER_PHOTO}
    assert hits(everything_logged.text) == {OTHER_BACK}
    assert hits([answer.addresses for answer in world.seen]) == {NOBODY}
