"""The ways a message can go out. LINE and SMS add themselves here by their channel word."""

from notifications.channels.base import NO_CHANNEL, DeliveryError, Sender
from notifications.channels.email import EmailSender
from notifications.models import Channel

__all__ = ["NO_CHANNEL", "SENDERS", "DeliveryError", "Sender", "sender_for"]

SENDERS: dict[str, type[Sender]] = {Channel.EMAIL: EmailSender}


def sender_for(channel: str) -> Sender:
    """Raises DeliveryError("no_channel") for a channel that this installation does not have."""
    if channel not in SENDERS:
        raise DeliveryError(NO_CHANNEL, permanent=True)
    return SENDERS[channel]()
