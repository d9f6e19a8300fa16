"""Every way in which Django's admin is known to show rows of others."""

from itertools import count
from types import SimpleNamespace

import pytest
from django.contrib import admin
from django.urls import reverse

from accounts.models import ViewLog
from accounts.roles import Role
from bookings.admin import export
from offices.models import Closure, OfferedService, Office
from tests.factories import booking_at, make_staff

SECRET = "ลับมาก"


@pytest.mark.parametrize("tab", ["look", "waiting", "today", "all"])
def test_queue_without_cases_of_another_office(signed_in, officer, case, foreign, tab):
    page = signed_in(officer).get(reverse("admin:bookings_booking_changelist"), {"tab": tab})

    text = page.content.decode()
    assert foreign.case.reference not in text
    assert SECRET not in text


@pytest.mark.parametrize(
    "query",
    [
        {"q": SECRET},
        {"office": "{office}"},
        {"owner": "{staff}"},
        {"service": "{service}"},
    ],
)
def test_queue_filters_find_nothing_of_another_office(signed_in, officer, case, foreign, query):
    values = {
        "office": foreign.office.pk,
        "staff": foreign.staff.pk,
        "service": foreign.offered.service_id,
    }
    query = {key: value.format(**values) for key, value in query.items()}

    page = signed_in(officer).get(reverse("admin:bookings_booking_changelist"), query)

    text = page.content.decode()
    assert page.status_code == 200
    assert foreign.case.reference not in text
    assert foreign.office.name_th not in text
    assert foreign.staff.last_name not in text


def test_reference_of_another_office_opens_nothing(signed_in, officer, foreign):
    queue = reverse("admin:bookings_booking_changelist")

    page = signed_in(officer).get(queue, {"q": foreign.case.reference})

    assert page.status_code == 200


@pytest.mark.parametrize(
    "name", ["confirm", "ask", "reject", "cancel", "move", "take_over", "mark", "phone", "change"]
)
def test_foreign_case_answers_as_one_that_never_was(signed_in, officer, foreign, name):
    browser = signed_in(officer)
    ask = browser.get if name == "change" else browser.post

    theirs = ask(reverse(f"admin:bookings_booking_{name}", args=[foreign.case.pk]))
    never = ask(reverse(f"admin:bookings_booking_{name}", args=[999_999]))

    assert theirs.status_code == never.status_code == 404
    assert theirs.content == never.content
    assert theirs.headers == never.headers


@pytest.mark.parametrize(
    ("model", "attribute"),
    [
        ("bookings_booking", "case"),
        ("bookings_slot", "slot"),
        ("offices_office", "office"),
        ("offices_offeredservice", "offered"),
        ("offices_openingpattern", "pattern"),
        ("offices_section", "section"),
        ("offices_closure", "closure"),
        ("accounts_user", "staff"),
    ],
)
@pytest.mark.parametrize("view", ["change", "history"])
def test_direct_address_of_a_foreign_row_is_not_found(
    signed_in, bang_rak, foreign, model, attribute, view
):
    director = make_staff(Role.DIRECTOR, office=bang_rak)
    address = reverse(f"admin:{model}_{view}", args=[getattr(foreign, attribute).pk])

    assert signed_in(director).get(address).status_code == 404


def test_old_version_of_a_foreign_row_is_not_found(signed_in, head, foreign):
    version = foreign.closure.history.first()
    address = reverse(
        "admin:offices_closure_simple_history",
        args=[foreign.closure.pk, version.history_id],
    )

    assert signed_in(head).get(address).status_code == 404


@pytest.mark.parametrize(
    "model",
    [
        "bookings_slot",
        "offices_office",
        "offices_section",
        "offices_offeredservice",
        "offices_openingpattern",
        "offices_closure",
        "accounts_user",
        "accounts_viewlog",
    ],
)
def test_lists_and_their_filters_hold_no_foreign_name(signed_in, bang_rak, offered, foreign, model):
    ViewLog.objects.create(
        user=foreign.staff,
        office=foreign.office,
        case="BK-0000-00",
        what="x",
        at=foreign.slot.starts_at,
    )
    director = make_staff(Role.DIRECTOR, office=bang_rak)

    page = signed_in(director).get(reverse(f"admin:{model}_changelist"))

    assert page.status_code == 200
    assert foreign.office.name_th not in page.content.decode()
    assert foreign.staff.last_name not in page.content.decode()


def test_choices_of_a_form_hold_no_foreign_row(signed_in, head, offered, foreign):
    address = reverse("admin:offices_offeredservice_change", args=[offered.pk])

    form = signed_in(head).get(address).context["adminform"].form

    assert set(form.fields["section"].queryset) == {offered.section}


def test_posted_foreign_key_of_another_office_is_refused(signed_in, head, offered, foreign):
    address = reverse("admin:offices_offeredservice_change", args=[offered.pk])
    browser = signed_in(head)
    data = {
        name: value
        for name, value in browser.get(address).context["adminform"].form.initial.items()
        if value is not None
    }

    page = browser.post(address, {**data, "section": foreign.section.pk})

    assert page.status_code == 200
    assert "section" in page.context["adminform"].form.errors
    assert OfferedService.objects.get(pk=offered.pk).section_id == offered.section_id


def test_closure_of_another_office_or_of_the_city_cannot_be_made(signed_in, head, foreign):
    browser = signed_in(head)
    address = reverse("admin:offices_closure_add")
    known = Closure.objects.count()

    for office in (foreign.office.pk, ""):
        page = browser.post(address, {"office": office, "date": "8/12/2569", "reason_th": "ทดสอบ"})
        assert page.headers["Location"] == reverse("admin:closing_new")

    assert Closure.objects.count() == known


def test_closure_of_the_city_is_seen_but_not_changed_by_an_office(signed_in, head, bang_rak):
    closure = Closure.objects.create(date="2026-12-10", reason_th="วันรัฐธรรมนูญ")
    address = reverse("admin:offices_closure_change", args=[closure.pk])
    browser = signed_in(head)

    assert browser.get(address).status_code == 200
    assert browser.post(address, {"date": "11/12/2569", "reason_th": "x"}).status_code == 403


def test_bulk_action_leaves_foreign_cases_alone(signed_in, officer, case, foreign):
    page = signed_in(officer).post(
        reverse("admin:bookings_booking_decide"),
        {"action": "take", "chosen": [f"{foreign.case.pk}:{foreign.case.version}"]},
    )

    foreign.case.refresh_from_db()
    assert page.status_code == 302
    assert foreign.case.owner_id is None


def test_export_holds_own_rows_only_masked_and_is_logged(signed_in, head, case, foreign):
    address = reverse("admin:bookings_booking_export") + "?tab=all"

    page = signed_in(head).post(address, {"reason": "ประชุมประจำเดือน"})

    text = page.getvalue().decode("utf-8-sig")
    party = case.parties.first()
    assert case.reference in text
    assert party.masked_number in text
    assert foreign.case.reference not in text
    log = ViewLog.objects.get()
    assert (log.user, log.office, log.reason) == (head, case.office, "ประชุมประจำเดือน")


def test_export_turns_formulae_into_text(signed_in, head, case):
    case.parties.filter(position=1).update(full_name="=HYPERLINK(1)")

    page = signed_in(head).post(
        reverse("admin:bookings_booking_export") + "?tab=all", {"reason": "ตรวจ"}
    )

    assert "'=HYPERLINK(1)" in page.getvalue().decode("utf-8-sig")


def test_export_rests_after_each_batch_for_who_books_meanwhile(signed_in, head, case, monkeypatch):
    booking_at(offered=case.offered)
    seconds, rests = count(step=0.25), []
    clock = SimpleNamespace(monotonic=lambda: next(seconds), sleep=rests.append)
    monkeypatch.setattr(export, "time", clock)
    monkeypatch.setattr(export, "BATCH", 1)

    address = reverse("admin:bookings_booking_export") + "?tab=all"
    list(signed_in(head).post(address, {"reason": "ตรวจ"}).streaming_content)

    assert rests == [0, export.REST * 0.25]


def test_export_needs_the_right(signed_in, officer, case):
    assert signed_in(officer).get(reverse("admin:bookings_booking_export")).status_code == 403


@pytest.mark.parametrize("role", list(Role))
def test_every_page_opens_for_every_role_or_says_why_not(signed_in, bang_rak, case, role):
    browser = signed_in(make_staff(role, office=bang_rak))

    answers = {
        model: browser.get(
            reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        ).status_code
        for model in admin.site._registry
    }

    assert browser.get(reverse("admin:index")).status_code == 200
    assert set(answers.values()) <= {200, 403}
    assert answers[Office] == 200


def test_central_office_sees_no_case(signed_in, case):
    browser = signed_in(make_staff(Role.CENTRAL))

    assert browser.get(reverse("admin:bookings_booking_changelist")).status_code == 403
    assert browser.get(reverse("admin:bookings_booking_change", args=[case.pk])).status_code == 403
    assert case.reference not in browser.get(reverse("admin:index")).content.decode()


def test_every_registered_model_has_a_door():
    """A new page about rows of an office must be scoped."""
    for model, page in admin.site._registry.items():
        if any(field.name == "office" for field in model._meta.fields):
            has_door = hasattr(model._default_manager.all(), "for_staff")
            assert has_door or "get_queryset" in type(page).__dict__, model


def test_view_on_site_tells_nothing(signed_in, officer, foreign):
    assert signed_in(officer).get(f"/admin/r/1/{foreign.case.pk}/").status_code == 404
