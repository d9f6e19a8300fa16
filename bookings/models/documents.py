"""Pictures for the first check, and what the officer found."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from bookings.models.booking import Booking
from offices.models import ChecklistItem


class Document(models.Model):
    """A picture or PDF sent by a citizen, made new by us (the original is not kept): a server-made
    name under MEDIA_ROOT, outside the web root, shown only through a logged view."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    booking = models.ForeignKey(
        Booking, verbose_name=_("appointment"), on_delete=models.CASCADE, related_name="documents"
    )
    file = models.CharField(max_length=120, editable=False)
    kind = models.CharField(_("kind"), max_length=4, choices=[("jpg", "JPG"), ("pdf", "PDF")])
    pages = models.PositiveSmallIntegerField(_("pages"), default=1)
    size = models.PositiveIntegerField(_("bytes"))
    hint = models.CharField(_("hint"), max_length=20, blank=True)
    sent_at = models.DateTimeField(_("sent"))
    # Its file is being removed: it may be there still or not, the row goes last.
    leaving_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        ordering = ["sent_at"]

    def __str__(self) -> str:
        return f"{self.booking_id} {self.kind}"


class ItemState(models.TextChoices):
    PRESENT = "present", _("there")
    MISSING = "missing", _("missing")
    # Only for an item that not everybody of the case brings.
    NOT_NEEDED = "not_needed", _("does not apply")


class ItemCheck(models.Model):
    """What an officer found for one item of the checklist of a booking."""

    booking = models.ForeignKey(
        Booking, verbose_name=_("appointment"), on_delete=models.CASCADE, related_name="checks"
    )
    item = models.ForeignKey(
        ChecklistItem, verbose_name=_("item"), on_delete=models.PROTECT, related_name="+"
    )
    state = models.CharField(_("found"), max_length=10, choices=ItemState.choices)

    class Meta:
        verbose_name = _("check of an item")
        verbose_name_plural = _("checks of items")
        constraints = [
            models.UniqueConstraint(fields=["booking", "item"], name="one_check_an_item")
        ]

    def __str__(self) -> str:
        return f"{self.item} {self.state}"
