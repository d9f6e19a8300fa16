"""What a channel is to the delivery: it sends one rendered message, or says why it could not."""

from datetime import timedelta
from typing import ClassVar, Protocol

from notifications.models import Message, Status
from notifications.sources import Rendered

NO_CHANNEL = "no_channel"


class DeliveryError(Exception):
    """A message was not sent. `reason` is a short word or code for the back-office, without
    anything personal. `permanent`: trying again cannot help. `channel_down`: not this message but
    the way itself is broken, so that the others need not be tried now."""

    def __init__(self, reason: str, *, permanent: bool = False, channel_down: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.permanent = permanent
        self.channel_down = channel_down


class Sender(Protocol):
    """A channel. One object serves one sweep and may keep a connection open meanwhile."""

    give_up_after: ClassVar[timedelta]
    """How long after the first try a message is still tried again."""
    given_up_as: ClassVar[Status]
    """FAILED, or UNKNOWN where an earlier try may have been delivered without an answer."""

    def send(self, message: Message, rendered: Rendered) -> None:
        """Returns once the receiving server took the message. Raises DeliveryError."""

    def close(self) -> None:
        """Let go of the connection; called once at the end of a sweep."""
