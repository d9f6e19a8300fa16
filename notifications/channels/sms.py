"""Messages by SMS, through a gateway that takes JSON over HTTP (SMS_GATEWAY_URL): `to`, `from`,
`text`, `id`; the id is the message's own, by which a gateway knows a second try."""

from datetime import timedelta
from typing import ClassVar

import requests
from django.conf import settings

from notifications.channels.base import DeliveryError
from notifications.models import Message, Status
from notifications.sources import Rendered

NO_TEXT = "no_text"
CONNECTION = "sms_connection"
TIMEOUT_SECONDS = 10


class SmsSender:
    """Nothing tells whether a gateway that did not answer has sent: after a day it is unknown."""

    give_up_after: ClassVar[timedelta] = timedelta(hours=24)
    given_up_as: ClassVar[Status] = Status.UNKNOWN

    def __init__(self) -> None:
        self.session = requests.Session()

    def send(self, message: Message, rendered: Rendered) -> None:
        """Raises DeliveryError."""
        if not rendered.sms:
            raise DeliveryError(NO_TEXT, permanent=True)
        try:
            answer = self.session.post(
                settings.SMS_GATEWAY_URL,
                json={
                    "id": str(message.pk),
                    "to": message.address,
                    "from": settings.SMS_SENDER,
                    "text": rendered.sms,
                },
                headers={"Authorization": f"Bearer {settings.SMS_GATEWAY_TOKEN}"},
                timeout=TIMEOUT_SECONDS,
            )
        except requests.ConnectionError as error:
            raise DeliveryError(CONNECTION, channel_down=True) from error
        except requests.RequestException as error:
            raise DeliveryError(CONNECTION) from error
        _check(answer.status_code)

    def close(self) -> None:
        self.session.close()


def _check(status: int) -> None:
    """409: the gateway has this id already."""
    if status < 300 or status == 409:
        return
    if status in (401, 403, 429):
        raise DeliveryError(str(status), channel_down=True)
    raise DeliveryError(str(status), permanent=status < 500)
