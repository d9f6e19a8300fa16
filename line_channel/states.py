"""Where a conversation stands, and what became of an event and of an answer."""

from django.db import models


class Step(models.TextChoices):
    """What the chat waits for; nothing between conversations."""

    NOTHING = "", "nothing"
    LINK = "link", "that the account is linked"
    CODE = "code", "the code on the back of the card"
    DETAILS = "details", "number of copies and day"
    PHOTO = "photo", "the number under the photograph"
    QUESTION = "question", "the words of an enquiry"
    CONSENT = "consent", "the press of the button"


class EventState(models.TextChoices):
    PENDING = "pending", "waits for its turn"
    DONE = "done", "worked"
    IGNORED = "ignored", "of a kind that needs nothing"
    LATE = "late", "came long after newer ones of its user"
    FAILED = "failed", "could not be worked"


class AnswerState(models.TextChoices):
    QUEUED = "queued", "to be sent"
    SENT = "sent", "taken by LINE"
    FAILED = "failed", "refused by LINE"
    UNKNOWN = "unknown", "perhaps taken, nobody knows"
    NO_QUOTA = "no_quota", "the month's messages are kept for appointments"
