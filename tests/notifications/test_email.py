"""E-mail against a real socket: what each answer of the server means, and what the mail is."""

import pytest
from django.core.mail import get_connection

from notifications import delivery
from notifications.channels import email
from notifications.models import Message, Status
from notifications.sources import Attachment, Rendered
from tests.notifications.letters import NOW, letter
from tests.notifications.smtp import mail_server

pytestmark = pytest.mark.django_db


@pytest.fixture
def server(settings, tmp_path, source):
    with mail_server(tmp_path) as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = server.server_address
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
        yield server


def sweep(now=NOW):
    return delivery.deliver_due(now=now)


def test_all_over_one_connection(server):
    letters = [letter() for _ in range(5)]
    assert sweep() == {"sent": 5}
    assert server.connections == 1
    assert sorted(server.ledger()) == sorted(f"<{row.pk}@localhost>" for row in letters)


def test_a_refused_recipient_spoils_nothing_for_the_next(server):
    refused, good = letter(address="refused@example.com"), letter()
    assert sweep() == {"failed": 1, "sent": 1}
    refused.refresh_from_db()
    assert (refused.status, refused.last_error) == (Status.FAILED, "550")
    assert server.ledger() == [f"<{good.pk}@localhost>"]


def test_a_busy_mailbox_is_tried_later(server):
    letter(address="busy@example.com")
    assert sweep() == {"later": 1}
    assert Message.objects.get().last_error == "451"


def test_a_server_that_closes_gets_a_rest(server):
    letter(address="closing@example.com")
    letter()
    assert sweep() == {"later": 2}
    assert server.connections == 1


def test_an_answer_that_never_came_means_the_same_message_again(server):
    """The stub drops the connection after DATA (fault F26)."""
    message = letter()
    server.drops = 2
    for minutes in (0, 5, 10):
        sweep(now=NOW + minutes * delivery.FIRST_PAUSE)
    assert server.ledger() == [f"<{message.pk}@localhost>"] * 3
    assert Message.objects.get().status == Status.SENT


def test_no_server_at_all(settings, server):
    settings.EMAIL_PORT = 1
    letter()
    assert sweep() == {"later": 1}
    assert Message.objects.get().last_error == email.CONNECTION


@pytest.mark.parametrize("address", ["not an address", "a@b\r\nBcc: c@d", "@", "x@exa mple.com"])
def test_an_address_that_is_none_is_not_tried_again(server, address):
    letter(address=address)
    assert sweep() == {"failed": 1}
    assert server.ledger() == []


def test_what_the_mail_is(settings):
    message = letter(address="mali@example.com")
    rendered = Rendered(
        "นัดของคุณ\r\nBcc: someone@example.com",
        "ข้อความ",
        "<p>ข้อความ</p>",
        [Attachment("BR-7K4M-29.ics", b"BEGIN:VCALENDAR", "text/calendar")],
    )
    mail = email.compose(message, rendered).message()
    assert "\n" not in email.compose(message, rendered).subject
    assert mail["Message-ID"] == f"<{message.pk}@{settings.SITE_HOST}>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["To"] == "mali@example.com"
    assert mail["Bcc"] is None
    assert mail["Date"]
    kinds = [part.get_content_type() for part in mail.walk() if not part.is_multipart()]
    assert kinds == ["text/plain", "text/html", "text/calendar"]


def test_in_embedded_mode_each_mail_is_a_file_of_its_own(settings, tmp_path):
    settings.EMAIL_FILE_PATH = str(tmp_path / "outbox")
    backend = get_connection("notifications.channels.email.FolderBackend")
    messages = [letter(), letter()]
    for message in [*messages, messages[0]]:  # the first one twice, as after a lost answer
        backend.send_messages([email.compose(message, Rendered("s", "t"))])
    assert {file.stem for file in (tmp_path / "outbox").iterdir()} == {
        str(message.pk) for message in messages
    }
