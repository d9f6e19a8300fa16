"""/readyz, /metrics and the page of the demonstration."""

from datetime import timedelta

import pytest
from django.db import OperationalError
from django.utils import timezone

from core import views
from notifications.models import Status
from tests.factories import booking_at
from tests.notifications.letters import letter

pytestmark = pytest.mark.django_db


def test_readyz_tells_how_long_the_oldest_due_message_waits(client):
    assert client.get("/readyz").json() == {"status": "ok", "oldest_due_seconds": 0}
    letter(due_at=timezone.now() - timedelta(minutes=5))
    assert 299 < client.get("/readyz").json()["oldest_due_seconds"] < 400


def test_readyz_when_the_database_is_away(client, monkeypatch):
    class Away:
        def cursor(self):
            raise OperationalError("connection refused")

    monkeypatch.setattr(views, "connection", Away())
    assert client.get("/readyz").status_code == 503


def test_metrics(client):
    letter(status=Status.SENT, created_at=timezone.now())
    page = client.get("/metrics").content.decode()
    assert 'nadkhet_messages{channel="email",status="sent"} 1.0' in page
    assert "nadkhet_messages_oldest_due_seconds 0.0" in page
    assert "nadkhet_bookings" in page


@pytest.mark.parametrize(
    "headers",
    [
        {"REMOTE_ADDR": "203.0.113.7"},
        {"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": "203.0.113.7"},
        {"REMOTE_ADDR": "203.0.113.7", "HTTP_AUTHORIZATION": "Bearer "},
        {"REMOTE_ADDR": "203.0.113.7", "HTTP_AUTHORIZATION": "Bearer wrong"},
    ],
)
def test_metrics_are_not_public(client, settings, headers):
    assert client.get("/metrics", **headers).status_code == 404
    settings.METRICS_TOKEN = "secret"
    assert client.get("/metrics", **headers).status_code == 404


def test_metrics_with_the_token(client, settings):
    settings.METRICS_TOKEN = "secret"
    headers = {"REMOTE_ADDR": "203.0.113.7", "HTTP_AUTHORIZATION": "Bearer secret"}
    assert client.get("/metrics", **headers).status_code == 200


def test_the_outbox_is_for_demonstrations(client, settings):
    message = letter()
    settings.DEMO = False
    assert client.get("/demo/outbox/").status_code == 404
    assert client.get(f"/demo/outbox/{message.pk}/").status_code == 404


def test_the_empty_outbox_says_what_to_do(client, settings):
    settings.DEMO = True
    page = client.get("/en/demo/outbox/").content.decode()
    assert "No messages yet" in page


def test_the_outbox_shows_what_citizens_read(client, settings):
    from notifications.models import Message

    settings.DEMO = True
    booking = booking_at()
    message = Message.objects.get()
    page = client.get("/demo/outbox/").content.decode()
    assert f"/demo/outbox/{message.pk}/" in page
    assert "/l/" in page

    letter = client.get(f"/demo/outbox/{message.pk}/")
    policy = letter["Content-Security-Policy"]
    assert "sandbox" in policy
    assert "default-src 'none'" in policy
    assert letter["X-Frame-Options"] == "SAMEORIGIN"
    assert booking.reference in letter.content.decode()
