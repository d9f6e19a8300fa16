"""E-mail over SMTP, or whatever EMAIL_URL names. At least once: after an answer that never came
the same message goes out again under the same Message-ID (fault F26)."""

import smtplib
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage, EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.core.validators import validate_email

from notifications.channels.base import DeliveryError
from notifications.models import Message, Status
from notifications.sources import Rendered

CONNECTION = "connection"
BAD_ADDRESS = "bad_address"
# "Service not available, closing transmission channel" (RFC 5321).
CLOSING = 421
PERMANENT = 500


class EmailSender:
    """One connection for a sweep, opened at the first message."""

    give_up_after: ClassVar[timedelta] = timedelta(hours=48)
    given_up_as: ClassVar[Status] = Status.FAILED

    def __init__(self) -> None:
        self.connection: BaseEmailBackend | None = None

    def send(self, message: Message, rendered: Rendered) -> None:
        """Raises DeliveryError."""
        try:
            validate_email(message.address)
            self._open().send_messages([compose(message, rendered)])
        except (smtplib.SMTPException, OSError) as error:
            failure = _meaning(error)
            if failure.channel_down:
                self.close()
            raise failure from error
        except ValidationError as error:
            raise DeliveryError(BAD_ADDRESS, permanent=True) from error

    def close(self) -> None:
        connection, self.connection = self.connection, None
        if connection is not None:
            connection.close()

    def _open(self) -> BaseEmailBackend:
        if self.connection is None:
            connection = get_connection()
            connection.open()
            self.connection = connection
        return self.connection


def compose(message: Message, rendered: Rendered) -> EmailMultiAlternatives:
    """The e-mail of a message. Nothing typed by a person reaches a header but the subject, which
    is one line here whatever it was."""
    mail = EmailMultiAlternatives(
        subject=" ".join(rendered.subject.split()),
        body=rendered.text,
        to=[message.address],
        headers={
            "Message-ID": f"<{message.pk}@{settings.SITE_HOST}>",
            "Auto-Submitted": "auto-generated",
            "Content-Language": message.language,
        },
    )
    if rendered.html:
        mail.attach_alternative(rendered.html, "text/html")
    for attachment in rendered.attachments:
        mail.attach(attachment.filename, attachment.content, attachment.mimetype)
    return mail


def _meaning(error: Exception) -> DeliveryError:
    """What an error of smtplib says about the message and about the server."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code = next(iter(error.recipients.values()))[0]
        return _answered(code)
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return DeliveryError(BAD_ADDRESS, permanent=True)
    if isinstance(error, smtplib.SMTPDataError):
        return _answered(error.smtp_code)
    if isinstance(error, smtplib.SMTPResponseException):
        # The greeting, our sign-in or our sender was refused: no message would fare better.
        return DeliveryError(str(error.smtp_code), channel_down=True)
    return DeliveryError(CONNECTION, channel_down=True)


def _answered(code: int) -> DeliveryError:
    return DeliveryError(str(code), permanent=code >= PERMANENT, channel_down=code == CLOSING)


class FolderBackend(BaseEmailBackend):
    """E-mails as files in EMAIL_FILE_PATH, for embedded mode: one file a message, named by its
    Message-ID, so that workers side by side never write into the same one."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        folder = Path(settings.EMAIL_FILE_PATH)
        folder.mkdir(parents=True, exist_ok=True)
        for mail in email_messages:
            content = mail.message()
            name = content["Message-ID"].strip("<>").split("@")[0]
            (folder / f"{name}.eml").write_bytes(content.as_bytes())
        return len(email_messages)
