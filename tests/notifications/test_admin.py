"""The delivery page: what an officer sees and can do, at the own office only."""

import pytest
from django.urls import reverse

from accounts.models import ViewLog
from accounts.roles import Role
from notifications.models import Message, Status
from tests.factories import make_office, make_staff
from tests.notifications.letters import NOW, letter

LIST = "admin:notifications_message_changelist"


@pytest.fixture
def officer(db, settings, client, source):
    settings.STAFF_MFA_REQUIRED = False
    officer = make_staff()
    client.force_login(officer, backend="accounts.backends.RoleBackend")
    return officer


def lost(**changes):
    facts = {"status": Status.FAILED, "last_error": "550", "call_if_lost": True}
    return letter(**facts | changes)


def post(client, name, message):
    return client.post(reverse(f"admin:notifications_message_{name}", args=[message.pk]))


def test_shows_first_what_a_person_must_do(officer, client):
    call, sent = lost(), letter(status=Status.SENT)
    page = client.get(reverse(LIST)).content.decode()
    assert call.reference in page
    assert sent.reference not in page
    assert call.address not in page
    assert "550" in page


def test_all_and_without_any(officer, client):
    assert client.get(reverse(LIST)).status_code == 200
    sent = letter(status=Status.SENT)
    assert sent.reference in client.get(reverse(LIST) + "?tab=all").content.decode()
    assert client.get(reverse(LIST) + "?tab=nonsense").status_code == 404


def test_the_number_of_queries_does_not_grow(officer, client, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def queries():
        with CaptureQueriesContext(
            connection,
        ) as captured:
            client.get(reverse(LIST) + "?tab=all")
        return len(captured)

    letter()
    client.get(reverse(LIST))
    few = queries()
    for _ in range(20):
        letter()
    assert queries() == few


def test_the_telephone_is_opened_by_hand_and_logged(officer, client):
    message = lost()
    assert "+66800000000" not in client.get(reverse(LIST)).content.decode()
    looked = client.get(reverse("admin:notifications_message_call", args=[message.pk]))
    assert looked["Location"] == reverse(LIST)
    assert not ViewLog.objects.exists()
    assert "+66800000000" in post(client, "call", message).content.decode()
    assert ViewLog.objects.get().case == message.reference


def test_telephoned_leaves_the_list_once(officer, client):
    message = lost()
    assert post(client, "called", message).status_code == 302
    message.refresh_from_db()
    assert message.called_at
    assert not Message.objects.to_call().exists()
    post(client, "called", message)
    assert ViewLog.objects.filter(what="called").count() == 1


def test_sends_again_to_the_contact_on_file_only(officer, client):
    message = lost()
    post(client, "resend", message)
    again = Message.objects.exclude(pk=message.pk).get()
    assert again.address == f"new{message.case_id}@example.com"
    assert again.event == f"{message.event}:resend:1"
    assert again.status == Status.QUEUED
    assert not Message.objects.to_call().exists()


def test_pressed_twice_sends_once(officer, client):
    message = lost()
    post(client, "resend", message)
    post(client, "resend", message)
    assert Message.objects.exclude(pk=message.pk).count() == 1


def test_what_is_on_its_way_is_not_sent_again(officer, client):
    message = letter()
    post(client, "resend", message)
    assert Message.objects.count() == 1


@pytest.mark.parametrize("action", ["call", "called", "resend"])
def test_another_office_is_not_found(officer, client, action):
    other = make_office(code=1005, slug="bang-khen", prefix="BK", name_th="บางเขน")
    message = lost(office=other)
    assert post(client, action, message).status_code == 404
    assert message.reference not in client.get(reverse(LIST) + "?tab=all").content.decode()


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.DIRECTOR])
def test_who_only_looks_cannot_act(officer, client, role):
    message = lost()
    client.force_login(make_staff(role), backend="accounts.backends.RoleBackend")
    assert client.get(reverse(LIST)).status_code == 200
    for action in ("call", "called", "resend"):
        post(client, action, message)
    assert Message.objects.count() == 1
    assert Message.objects.to_call().count() == 1
    assert not ViewLog.objects.exists()


def test_the_central_office_sees_no_messages(officer, client):
    client.force_login(make_staff(Role.CENTRAL), backend="accounts.backends.RoleBackend")
    assert client.get(reverse(LIST)).status_code == 403


def test_a_month_that_is_nearly_used_up_is_said(officer, client):
    from notifications.models import Quota

    quota = Quota.objects.create(channel="line", most=300, used=239, read_at=NOW)
    assert "300" not in client.get(reverse(LIST)).content.decode()
    Quota.objects.filter(pk=quota.pk).update(used=240)
    assert "240 จาก 300" in client.get(reverse(LIST)).content.decode()
