"""Makes the peer's tables, a service with one member of staff, and signed-in clients: prints the
requests of both steps of a booking as JSON. `python -m benchmarks.peer.prepare COUNT`."""

import json
import os
import sys
from datetime import date, time, timedelta
from importlib import import_module

import django
from django.conf import settings
from django.core.management import call_command


def main(count: int) -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.peer.settings"
    django.setup()
    call_command("migrate", verbosity=0)
    # The package brings no migrations; its tables stand on those of auth.
    call_command("migrate", run_syncdb=True, verbosity=0)
    from appointment.models import AppointmentRequest, Service, StaffMember
    from django.contrib.auth import get_user_model
    from django.utils import timezone

    users = get_user_model().objects
    boss = users.create_user(f"staff{users.count()}", email=f"staff{users.count()}@example.com")
    service = Service.objects.create(name="Marriage", duration=timedelta(minutes=30), price=0)
    staff = StaffMember.objects.create(user=boss)
    staff.services_offered.add(service)
    day = timezone.localdate() + timedelta(days=7)
    asks, books = [], []
    for number in range(count):
        cookies, token = _signed_in(users, number)
        hour, minute = divmod(number % 480, 60)
        begins, ends = (
            time(9 + hour, minute),
            time(9 + hour + (minute + 30) // 60, (minute + 30) % 60),
        )
        asks.append(_ask(day, begins, ends, service, staff, cookies, token))
        asked = AppointmentRequest.objects.create(
            date=day, start_time=begins, end_time=ends, service=service, staff_member=staff
        )
        books.append(_book(asked, number, cookies, token))
    json.dump({"ask": asks, "book": books}, sys.stdout)


def _signed_in(users, number):
    """A client with a session: without one the flow would also make an account and mail a code."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

    name = f"client{users.count()}"
    user = users.create_user(name, email=f"{name}@example.com")
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    token = "a" * 32
    return {"sessionid": session.session_key, "csrftoken": token}, token


def _ask(day: date, begins: time, ends: time, service, staff, cookies, token):
    form = {
        "csrfmiddlewaretoken": token,
        "date": day.isoformat(),
        "start_time": begins.isoformat(),
        "end_time": ends.isoformat(),
        "service": str(service.pk),
        "staff_member": str(staff.pk),
    }
    return {"path": "/request-submit/", "form": form, "cookies": cookies}


def _book(asked, number, cookies, token):
    form = {
        "csrfmiddlewaretoken": token,
        "name": "Mali Jaidee",
        "email": f"client{number}@example.com",
        "phone_0": "TH",
        "phone_1": "0812345678",
        "address": "1 Test Road",
        "additional_info": "",
        "payment_type": "full",
    }
    path = f"/client-info/{asked.pk}/{asked.id_request}/"
    return {"path": path, "form": form, "cookies": cookies}


if __name__ == "__main__":
    main(int(sys.argv[1]))
