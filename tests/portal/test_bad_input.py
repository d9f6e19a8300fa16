"""Bad and odd input in the booking form: never a 500; what is refused says so
beside its field, stores nothing, keeps what was typed and does not repeat it in the sentence; what
is accepted is stored in one form only. The data are in tests/data/bad_input.py."""

from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.utils import timezone

from accounts.models import Consent
from bookings import services
from bookings.models import Booking, Party, Slot
from bookings.workflow import Status
from notifications.models import Message
from offices.models import Closure, OfferedService, Office, Section, Service
from tests.data.bad_input import ACCEPTED, FIELDS, MEGABYTE, REFUSED, SURROGATE, TAMPERED
from tests.factories import national_id
from tests.live import world
from tests.portal.reading import Page
from tests.portal.stored import stored

OF_A_PERSON = {"full_name", "national_id", "nationality", "passport_no"}
TYPED = [case for case in FIELDS if case.field != "date"]
# The second person's fields answer as the first one's.
CASES = [("", case) for case in TYPED]
CASES += [("partner_", case) for case in TYPED if case.field in OF_A_PERSON]


def _named(cases, outcome):
    chosen = [(prefix, case) for prefix, case in cases if case.outcome == outcome]
    return pytest.mark.parametrize(
        ("prefix", "case"),
        chosen,
        ids=[f"{prefix}{case.field}: {case.kind}" for prefix, case in chosen],
    )


@_named(CASES, REFUSED)
def test_refused(client, keep, prefix, case):
    held, name = keep(client), f"{prefix}{case.field}"
    form = _form(held, prefix, case)
    before = stored()

    answer = _post(client, held, form)

    assert answer.status_code == 422
    assert stored() == before
    page = Page(answer)
    sentence = page.texts[f"error_{name}"].strip()
    assert sentence
    assert not case.value.strip() or case.value.strip() not in sentence
    _assert_kept(page, form, but=name)
    if case.field != "nationality" and SURROGATE not in case.value:
        assert _one_line(page.typed[name]) == _one_line(case.value)
    assert ("script", {}) not in page.tags
    assert not any("onerror" in values for _, values in page.tags)


@_named(CASES, ACCEPTED)
def test_accepted(client, keep, prefix, case):
    held = keep(client)

    answer = _post(client, held, _form(held, prefix, case))

    assert answer.status_code == 303, Page(answer).texts
    held.refresh_from_db()
    assert held.status == Status.REQUESTED
    assert _stored_value(held, prefix, case.field) == case.stored
    shown = Page(client.get(answer["Location"]))
    assert ("script", {}) not in shown.tags
    assert not any("onerror" in values for _, values in shown.tags)


DATES = [case for case in FIELDS if case.field == "date"]


@pytest.mark.parametrize("case", DATES, ids=[case.kind for case in DATES])
def test_date_of_the_page_of_times(client, slot, case):
    before = stored()

    answer, said = _times_page(client, case.value)

    assert stored() == before
    if case.outcome == ACCEPTED:
        # The same day written plainly; it may be outside the days that can be booked.
        plain, plainly_said = _times_page(client, case.stored)
        assert (answer.status_code, said) == (plain.status_code, plainly_said)
    else:
        assert answer.status_code in (200, 404, 422)


SLOTS = [case for case in TAMPERED if "slot" in case.changes]
SENT = [case for case in TAMPERED if "slot" not in case.changes]


@pytest.mark.parametrize("case", SLOTS, ids=[ascii(case.changes)[:60] for case in SLOTS])
def test_slot_that_cannot_be_had(client, slot, case):
    value = case.changes["slot"]
    form = {"slot": SLOT_MAKERS[value](slot) if value in SLOT_MAKERS else value}
    before = stored()

    answer = _send(client, "/offices/bang-rak/marriage/hold/", form)

    assert answer.status_code in case.statuses
    assert answer.status_code != 303
    assert stored() == before
    assert not Booking.objects.exists()


@pytest.mark.parametrize(
    "case", SENT, ids=[f"{case.kind}: {ascii(case.changes)[:60]}" for case in SENT]
)
def test_tampered_form(client, client_of_others, keep, book, case):
    held = keep(client)
    form = {"form_key": str(held.form_key), **world.couple()}
    makers = {
        "<OTHER_FORM_KEY>": lambda: str(keep(client_of_others).form_key),
        "<EXPIRED_FORM_KEY>": lambda: str(_expired(keep(client_of_others)).form_key),
        "<BOOKED_ID>": lambda: _booked_number(book, client_of_others),
        "<ID>": lambda: form["national_id"],
    }
    form |= {
        name: makers[value]() if value in makers else value for name, value in case.changes.items()
    }
    # The one who has the earlier booking is told, at the contact given there.
    before = stored("notifications_message")

    answer = _post(client, held, form)

    assert answer.status_code in case.statuses
    if case.outcome == ACCEPTED:
        _assert_booked_as_always(held)
        return
    assert stored("notifications_message") == before
    if case.error_field and answer.status_code == 422:
        assert Page(answer).texts[f"error_{case.error_field}"].strip()
    if answer.status_code in (422, 409):
        _assert_kept(Page(answer), form, but="form_key")


def test_expired_hold_keeps_what_was_typed(client, keep):
    held = _expired(keep(client))
    form = {"form_key": str(held.form_key), **world.couple()}

    answer = _post(client, held, form)

    assert answer.status_code in (200, 409, 422)
    _assert_kept(Page(answer), form, but="form_key")
    assert not Party.objects.exists()
    assert not Consent.objects.exists()
    assert not Message.objects.exists()
    assert not Booking.objects.exclude(status__in=[Status.HELD, Status.EXPIRED]).exists()


def test_key_of_another_browser_is_not_found(client, client_of_others, keep):
    held = keep(client_of_others)
    before = stored()

    answer = _post(client, held, {"form_key": str(held.form_key), **world.couple()})

    assert answer.status_code == 404
    assert stored() == before


# --- what the tests need --------------------------------------------------------------------


@pytest.fixture
def client_of_others():
    from django.test import Client

    return Client()


def _other_office(slot):
    offered = OfferedService.objects.get()
    office = Office.objects.create(
        code=1007, slug="pathum-wan", prefix="PW", name_th="ปทุมวัน", name_en="Pathum Wan",
        phone="0 2000 0000", address_th="กรุงเทพมหานคร", opens_at="08:00", closes_at="16:00",
    )  # fmt: skip
    section = Section.objects.create(office=office, kind=offered.section.kind)
    return _of(offered, office=office, section=section)


def _other_service(slot):
    service = Service.objects.create(
        code="id-card", section="registration", icon="card", name_th="บัตร", name_en="ID card"
    )
    return _of(OfferedService.objects.get(), service=service)


def _of(offered, **changes):
    offered.pk = None
    offered._state.adding = True
    for name, value in changes.items():
        setattr(offered, name, value)
    offered.save()
    return world.slot(offered, places=1).pk


def _closed_day(slot):
    Closure.objects.create(date=timezone.localdate(slot.starts_at), reason_th="ปิด")
    services.apply_closures(now=timezone.now())
    return slot.pk


def _past(slot):
    now = timezone.now()
    Slot.objects.filter(pk=slot.pk).update(
        starts_at=now - timedelta(seconds=1), ends_at=now + timedelta(minutes=14)
    )
    return slot.pk


SLOT_MAKERS = {
    "<OTHER_OFFICE_SLOT>": _other_office,
    "<OTHER_SERVICE_SLOT>": _other_service,
    "<CLOSED_DAY_SLOT>": _closed_day,
    "<PAST_SLOT>": _past,
}


def _expired(held):
    held.held_until = timezone.now() - timedelta(seconds=1)
    held.save(update_fields=["held_until"])
    return held


def _booked_number(book, client):
    number = national_id()
    book(client, national_id=number)
    return number


def _form(held, prefix, case):
    form = {"form_key": str(held.form_key), **world.couple()}
    if case.field == "passport_no":
        form |= {f"{prefix}nationality": "MM", f"{prefix}national_id": ""}
    if case.field == "phone" and case.outcome == REFUSED:
        form["email"] = "mali@example.com"
    return {**form, f"{prefix}{case.field}": case.value}


def _post(client, held, form):
    return _send(client, f"/bookings/hold/{held.form_key}/", form)


def _send(client, path, form):
    body = urlencode(form, errors="surrogatepass")
    return client.post(path, body, content_type="application/x-www-form-urlencoded")


def _times_page(client, date):
    query = urlencode({"date": date}, errors="surrogatepass")
    answer = client.get(f"/offices/bang-rak/marriage/times/?{query}")
    return answer, Page(answer).texts.get("error_date", "")


def _stored_value(booking, prefix, field):
    if field not in OF_A_PERSON:
        return getattr(booking, field)
    party = booking.parties.get(position=2 if prefix else 1)
    if field in ("national_id", "passport_no"):
        return services.unseal_number(party)
    return getattr(party, field)


def _assert_kept(page, form, but):
    for name, value in form.items():
        if name not in (but, "form_key", "consent") and name in page.typed and value != MEGABYTE:
            assert _one_line(page.typed[name]) == _one_line(value), name
    assert "full_name" in page.typed


def _one_line(value):
    """A browser sends line ends as CR LF and takes the first one of a textarea away."""
    return " ".join(value.split())


def _assert_booked_as_always(held):
    office = held.office_id
    reference = held.reference
    held.refresh_from_db()
    assert (held.status, held.office_id, held.reference) == (Status.REQUESTED, office, reference)
    assert held.created_at > timezone.now() - timedelta(minutes=1)
    assert held.entered_by_id is None
