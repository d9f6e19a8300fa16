"""The page of a pattern of times: one in use is not changed before everybody hit is decided."""

from datetime import time

import pytest
from django.urls import reverse

from accounts.roles import Role
from bookings import services
from bookings.models import Closing, Slot
from notifications.models import Message
from offices.models import OpeningPattern
from tests.factories import NOW, at, booking_at, make_staff

ROWS = [("1", "09.00", "09.30"), ("2", "10.00", "10.30")]


@pytest.fixture
def pattern(offered):
    offered.pattern.times.create(no=1, starts=time(9), ends=time(9, 30))
    offered.pattern.times.create(no=2, starts=time(10), ends=time(10, 30))
    services.generate_slots(now=NOW)
    return offered.pattern


@pytest.fixture
def unused(bang_rak):
    return OpeningPattern.objects.create(office=bang_rak, name="ยังไม่ใช้")


@pytest.fixture
def save(signed_in, head):
    """Send the page of a pattern: `save(pattern, rows, weekdays="135")` gives the answer."""

    def send(pattern, rows=(), by=head, **changes):
        known = list(pattern.times.order_by("no").values_list("pk", flat=True))
        data = {
            "name": pattern.name,
            "weekdays": "12345",
            "reason_th": "เปลี่ยนเวลาให้บริการ",
            "times-TOTAL_FORMS": max(len(rows), len(known)),
            "times-INITIAL_FORMS": len(known),
        }
        for no in range(max(len(rows), len(known))):
            row = rows[no] if no < len(rows) else None
            data[f"times-{no}-id"] = known[no] if no < len(known) else ""
            data[f"times-{no}-pattern"] = pattern.pk
            if row is None:
                stored = pattern.times.get(pk=known[no])
                row = (str(stored.no), f"{stored.starts:%H:%M}", f"{stored.ends:%H:%M}")
                data[f"times-{no}-DELETE"] = "on"
            for name, value in zip(("no", "starts", "ends"), row, strict=True):
                data[f"times-{no}-{name}"] = value.replace(".", ":")
        address = reverse("admin:offices_openingpattern_change", args=[pattern.pk])
        return signed_in(by).post(address, data | changes)

    return send


def sentences(page):
    [inline] = page.context["inline_admin_formsets"]
    rows = [
        error for form in inline.formset.forms for many in form.errors.values() for error in many
    ]
    return " ".join([*inline.formset.non_form_errors(), *rows])


def test_saving_shows_what_it_would_do_and_stores_nothing(save, pattern, offered, client):
    ten = Slot.objects.of(offered).get(starts_at=at(2026, 11, 30, 10))
    booking = booking_at(offered=offered, slot=ten)

    answer = save(pattern, [ROWS[0], ("2", "11.00", "11.30")])

    closing = Closing.objects.get()
    assert answer.url == reverse("admin:closing", args=[closing.pk])
    assert services.rows_of(pattern)[1] == (2, time(10), time(10, 30))
    page = client.get(answer.url)
    change = page.context["change"]
    assert (change.gone, change.new) == (["10.00–10.30"], ["11.00–11.30"])
    assert change.places_lost == change.times_gone == closing.slots().count()
    assert booking.reference in page.text
    assert page.context["numbers"]["hit"] == 1


def test_announcing_it_stores_the_times_and_tells_who_was_hit(save, pattern, offered, client):
    ten = Slot.objects.of(offered).get(starts_at=at(2026, 11, 30, 10))
    booking_at(offered=offered, slot=ten)
    save(pattern, [ROWS[0], ("2", "11.00", "11.30")])
    closing = Closing.objects.get()
    client.post(reverse("admin:closing_decide_all", args=[closing.pk]), {"choice": "move"})
    closing.refresh_from_db()

    address = reverse("admin:closing_announce", args=[closing.pk])
    answer = client.post(address, {"version": closing.version})

    assert client.get(answer.url).status_code == 200
    assert services.rows_of(pattern)[1] == (2, time(11), time(11, 30))
    assert Message.objects.filter(kind="moved_by_office").count() == 1


def test_weekdays_alone_are_a_change_too(save, pattern):
    save(pattern, ROWS, weekdays="1234")

    assert Closing.objects.get().weekdays == "1234"
    pattern.refresh_from_db()
    assert pattern.weekdays == "12345"


def test_name_alone_is_stored_at_once(save, pattern):
    save(pattern, ROWS, name="ตารางใหม่", reason_th="")

    pattern.refresh_from_db()
    assert pattern.name == "ตารางใหม่"
    assert not Closing.objects.exists()


@pytest.mark.parametrize(
    ("rows", "changes"),
    [
        ([("1", "09.00", "10.00"), ("2", "09.30", "11.00")], {}),
        ([("1", "10.00", "09.00"), ROWS[1]], {}),
        ([("1", "10.00", "10.00"), ROWS[1]], {}),
        ([("1", "25.00", "26.00"), ROWS[1]], {}),
        ([("x", "09.00", "09.30"), ROWS[1]], {}),
        ([("-1", "09.00", "09.30"), ROWS[1]], {}),
        ([("1", "", "09.30"), ROWS[1]], {}),
        ([("2", "08.00", "08.30"), ROWS[1]], {}),
        ([], {}),
        ([ROWS[0], ("2", "11.00", "11.30")], {"reason_th": "  "}),
    ],
)
def test_bad_times_get_a_sentence_and_nothing_is_stored(save, pattern, rows, changes):
    before = services.rows_of(pattern)

    page = save(pattern, rows, **changes)

    assert page.status_code == 422
    assert sentences(page)
    assert services.rows_of(pattern) == before
    assert not Closing.objects.exists()
    assert not Slot.objects.filter(closed_at__isnull=False).exists()


def test_what_was_typed_is_kept_when_the_service_refuses(save, pattern):
    save(pattern, [ROWS[0]])

    page = save(pattern, [ROWS[0], ("2", "11.00", "11.30")])

    assert "11:00" in page.text
    assert "งดให้บริการ" in sentences(page)
    assert Closing.objects.count() == 1


@pytest.mark.parametrize("weekdays", ["Mon", "80", "", "12345671"])
def test_weekdays_are_digits_of_days(save, pattern, weekdays):
    page = save(pattern, ROWS, weekdays=weekdays)

    assert page.context["adminform"].form.errors["weekdays"]
    assert not Closing.objects.exists()


def test_pattern_that_nobody_uses_is_stored_at_once(save, unused):
    answer = save(unused, ROWS, weekdays="135")

    assert answer.status_code == 302
    unused.refresh_from_db()
    assert unused.weekdays == "135"
    assert len(services.rows_of(unused)) == 2
    assert not Closing.objects.exists()


def test_overlapping_times_are_refused_in_a_pattern_that_nobody_uses(save, unused):
    page = save(unused, [("1", "09.00", "10.00"), ("2", "09.30", "11.00")])

    assert "09.00–10.00" in sentences(page)
    assert services.rows_of(unused) == []


def test_central_office_begins_a_change_that_the_office_decides(save, pattern, offered):
    answer = save(pattern, [ROWS[0]], by=make_staff(Role.CENTRAL))

    assert answer.url == reverse("admin:offices_openingpattern_changelist")
    assert Closing.objects.get().office == offered.office


def test_officer_cannot_change_a_pattern(save, pattern, officer):
    assert save(pattern, [ROWS[0]], by=officer).status_code == 403
    assert not Closing.objects.exists()
