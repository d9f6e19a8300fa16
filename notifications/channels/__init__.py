"""The ways a message can go out."""

from django.conf import settings

from notifications.channels.base import NO_CHANNEL, DeliveryError, Sender
from notifications.channels.email import EmailSender
from notifications.channels.line import LineSender
from notifications.channels.sms import SmsSender
from notifications.models import Channel

__all__ = ["NO_CHANNEL", "SENDERS", "DeliveryError", "Sender", "is_set_up", "sender_for"]

SENDERS: dict[str, type[Sender]] = {
    Channel.EMAIL: EmailSender,
    Channel.LINE: LineSender,
    Channel.SMS: SmsSender,
}


def is_set_up(channel: str) -> bool:
    """Whether this installation can send by a channel at all."""
    needs = {
        Channel.LINE: settings.LINE_CHANNEL_ACCESS_TOKEN,
        Channel.SMS: settings.SMS_GATEWAY_URL,
    }
    return channel in SENDERS and bool(needs.get(Channel(channel), True))


def sender_for(channel: str) -> Sender:
    """Raises DeliveryError("no_channel") for a channel that this installation does not have."""
    if not is_set_up(channel):
        raise DeliveryError(NO_CHANNEL, permanent=True)
    return SENDERS[channel]()
