"""Signing in: the password, guesses, the second factor, and the end of a session."""

from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.contrib.admin.models import LogEntry
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from accounts import services
from accounts.second_factor import PROOF
from tests.accounts.conftest import PASSWORD
from tests.factories import make_staff

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def sign_in(client, user, password=PASSWORD, **more):
    data = {"username": user.username, "password": password}
    return client.post(reverse("admin:login"), data, **more)


def code_of(secret, clock):
    import time

    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


@pytest.fixture
def without_factor(settings):
    settings.STAFF_MFA_REQUIRED = False


@pytest.fixture
def with_factor(officer, rf, settings):
    settings.STAFF_MFA_REQUIRED = True
    TOTP.activate(officer, SECRET)
    RecoveryCodes.activate(officer)
    return officer


def test_password_opens_the_home_page(client, clock, officer, without_factor):
    sign_in(client, officer)

    assert client.get(reverse("admin:index")).status_code == 200


def test_session_key_changes_at_sign_in(client, clock, officer, without_factor):
    client.get(reverse("admin:login"))
    session = client.session
    session["planted"] = "x"
    session.save()
    planted = session.session_key

    sign_in(client, officer)

    assert client.session.session_key != planted


def test_guesses_are_locked_out_in_thai(client, clock, officer):
    for _guess in range(5):
        sign_in(client, officer, "wrong")

    page = sign_in(client, officer)

    assert page.status_code == 429
    assert "admin/locked_out.html" in [template.name for template in page.templates]
    assert client.get(reverse("admin:index")).status_code == 302


def test_guesses_of_others_lock_nobody_out(client, clock, officer, without_factor, settings):
    settings.PROXY_COUNT = 1
    stranger = Client(headers={"X-Forwarded-For": "203.0.113.7"})
    for _guess in range(6):
        sign_in(stranger, officer, "wrong")

    sign_in(Client(headers={"X-Forwarded-For": "203.0.113.8"}), officer)

    officer.refresh_from_db()
    assert officer.last_login is not None


def test_lock_out_of_one_person_leaves_others_alone(client, clock, officer, without_factor):
    colleague = make_staff(office=officer.active_roles[0].office)
    colleague.set_password(PASSWORD)
    colleague.save()
    for _guess in range(6):
        sign_in(client, officer, "wrong")

    sign_in(client, colleague)

    assert client.get(reverse("admin:index")).status_code == 200


# --- second factor ------------------------------------------------------------------------------


PAGES = [
    "index",
    "bookings_booking_changelist",
    "offices_closure_changelist",
    "accounts_viewlog_changelist",
    "password_change",
]


@pytest.mark.parametrize("name", PAGES)
def test_password_alone_reaches_only_the_second_step(client, clock, with_factor, name):
    sign_in(client, with_factor)

    page = client.get(reverse(f"admin:{name}"))

    assert page.status_code == 302
    assert page.headers["Location"].startswith(reverse("admin:second_factor"))


def test_code_opens_the_home_page_and_changes_the_session_key(client, clock, with_factor):
    sign_in(client, with_factor)
    before = client.session.session_key

    client.post(reverse("admin:second_factor"), {"code": code_of(SECRET, clock)})

    assert client.session.session_key != before
    assert not Session.objects.filter(session_key=before).exists()
    assert client.get(reverse("admin:index")).status_code == 200


def test_code_is_taken_once(client, clock, with_factor):
    code = code_of(SECRET, clock)
    sign_in(client, with_factor)
    client.post(reverse("admin:second_factor"), {"code": code})
    client.post(reverse("admin:logout"))
    sign_in(client, with_factor)

    page = client.post(reverse("admin:second_factor"), {"code": code})

    assert page.status_code == 422
    assert client.get(reverse("admin:index")).status_code == 302


def test_guesses_of_the_code_are_limited(client, clock, with_factor):
    sign_in(client, with_factor)
    for guess in range(12):
        client.post(reverse("admin:second_factor"), {"code": f"{guess:06d}"})

    page = client.post(reverse("admin:second_factor"), {"code": code_of(SECRET, clock)})

    assert page.status_code == 422


def test_recovery_code_works_once(client, clock, with_factor):
    codes = Authenticator.objects.get(type=Authenticator.Type.RECOVERY_CODES)
    code = RecoveryCodes(codes).get_unused_codes()[0]
    sign_in(client, with_factor)
    client.post(reverse("admin:second_factor"), {"code": code})
    assert client.get(reverse("admin:index")).status_code == 200
    client.post(reverse("admin:logout"))
    sign_in(client, with_factor)

    assert client.post(reverse("admin:second_factor"), {"code": code}).status_code == 422


def test_proof_of_one_person_is_not_that_of_another(client, clock, with_factor):
    sign_in(client, with_factor)
    session = client.session
    session[PROOF] = with_factor.pk + 1
    session.save()

    assert client.get(reverse("admin:index")).status_code == 302


def test_next_page_stays_on_this_site(client, clock, with_factor):
    sign_in(client, with_factor)

    page = client.post(
        reverse("admin:second_factor") + "?next=https://example.com/",
        {"code": code_of(SECRET, clock)},
    )

    assert page.headers["Location"] == reverse("admin:index")


def test_first_sign_in_sets_up_a_second_factor(client, clock, officer, settings):
    settings.STAFF_MFA_REQUIRED = True
    sign_in(client, officer)
    page = client.get(reverse("admin:second_factor"), follow=True)
    secret = page.context["secret"].replace(" ", "")
    assert page.context["qr"].startswith("data:image/svg+xml")

    address = reverse("admin:second_factor_set_up")
    assert client.post(address, {"code": "000000"}).status_code == 422
    page = client.post(address, {"code": code_of(secret, clock)}, follow=True)

    assert len(page.context["codes"]) == 10
    assert client.get(reverse("admin:index")).status_code == 200
    stored = Authenticator.objects.get(type=Authenticator.Type.TOTP).data["secret"]
    assert secret not in stored
    again = client.get(reverse("admin:second_factor_codes"))
    assert again.status_code == 302


def test_second_factor_cannot_be_set_up_anew_over_an_old_one(client, clock, with_factor):
    sign_in(client, with_factor)

    page = client.get(reverse("admin:second_factor_set_up"))

    assert page.headers["Location"] == reverse("admin:second_factor")


def test_reset_second_factor_is_set_up_again(client, clock, with_factor):
    head = make_staff(username="head")
    services.reset_second_factor(user=with_factor, by=head)
    sign_in(client, with_factor)

    page = client.get(reverse("admin:second_factor"))

    entry = LogEntry.objects.get(object_id=str(with_factor.pk))
    assert page.headers["Location"] == reverse("admin:second_factor_set_up")
    assert entry.user == head


@pytest.mark.parametrize("name", ["second_factor", "second_factor_set_up", "second_factor_codes"])
def test_second_step_is_not_for_strangers(client, clock, bang_rak, name):
    assert client.get(reverse(f"admin:{name}")).status_code == 302


# --- the end of a session -----------------------------------------------------------------------


def test_idle_session_ends(client, clock, officer, without_factor, settings):
    sign_in(client, officer)
    client.get(reverse("admin:index"))
    clock.shift(timedelta(minutes=settings.STAFF_IDLE_MINUTES - 1))
    assert client.get(reverse("admin:index")).status_code == 200
    clock.shift(timedelta(minutes=settings.STAFF_IDLE_MINUTES + 1))

    page = client.get(reverse("admin:index"))

    assert page.headers["Location"].startswith(reverse("admin:login"))
    assert "_auth_user_id" not in client.session


def test_page_that_refreshes_itself_keeps_no_session_alive(
    client, clock, officer, without_factor, settings
):
    home, refresh = reverse("admin:index"), {"X-Refresh": "1"}
    sign_in(client, officer)
    client.get(home)
    for _minute in range(settings.STAFF_IDLE_MINUTES):
        clock.shift(timedelta(minutes=1))
        assert client.get(home, headers=refresh).status_code == 200
    clock.shift(timedelta(minutes=1))

    answer = client.get(home, headers=refresh)

    assert (answer.status_code, answer.content) == (204, b"")
    assert client.get(home, headers=refresh).status_code == 204
    assert client.get(home).status_code == 302


def test_long_session_ends_though_busy(client, clock, officer, without_factor, settings):
    sign_in(client, officer)
    for _quarter in range(settings.STAFF_SESSION_HOURS * 4):
        assert client.get(reverse("admin:index")).status_code == 200
        clock.shift(timedelta(minutes=15))
    clock.shift(timedelta(minutes=1))

    assert client.get(reverse("admin:index")).status_code == 302


def test_deactivated_person_is_out_at_once(client, clock, officer, without_factor):
    sign_in(client, officer)
    assert client.get(reverse("admin:index")).status_code == 200
    officer.is_active = False
    officer.save()

    assert client.get(reverse("admin:index")).status_code == 302


def test_role_taken_away_counts_at_once(client, clock, officer, without_factor):
    sign_in(client, officer)
    officer.roles.all().delete()

    assert client.get(reverse("admin:bookings_booking_changelist")).status_code == 403


def test_pages_of_citizens_touch_no_session(client, clock, bang_rak, django_assert_num_queries):
    with django_assert_num_queries(0):
        page = client.get("/livez")

    assert "sessionid" not in page.cookies


# --- language -----------------------------------------------------------------------------------


def test_back_office_is_thai_unless_chosen(client, clock, officer, without_factor):
    sign_in(client, officer)
    asked = {"Accept-Language": "en"}
    assert 'lang="th"' in client.get(reverse("admin:index"), headers=asked).content.decode()

    client.post(reverse("admin:set_language"), {"language": "en", "next": "/admin/"})

    assert 'lang="en"' in client.get(reverse("admin:index")).content.decode()
