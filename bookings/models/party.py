"""The people of a booking, each with a number that is sealed and shown masked."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from bookings.models.booking import Booking
from offices.models import Service


class Party(models.Model):
    """One person of a booking (ผู้ร้อง 1 or 2). The number is sealed; `id_index` finds it and
    `id_tail` shows its end. One open booking per person and service: the partial constraint."""

    class IdKind(models.TextChoices):
        NATIONAL_ID = "national_id", _("national ID")
        PASSPORT = "passport", _("passport")

    booking = models.ForeignKey(
        Booking,
        verbose_name=_("appointment"),
        db_index=False,
        on_delete=models.CASCADE,
        related_name="parties",
    )
    service = models.ForeignKey(Service, db_index=False, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField(_("applicant"))
    full_name = models.CharField(_("full name"), max_length=150)
    name_key = models.CharField(max_length=300, editable=False)
    nationality = models.CharField(_("nationality"), max_length=2)
    id_kind = models.CharField(_("document"), max_length=12, choices=IdKind.choices)
    id_sealed = models.BinaryField(editable=False)
    id_index = models.BinaryField(max_length=32, editable=False)
    id_tail = models.CharField(max_length=4, editable=False)
    is_open = models.BooleanField(default=True, editable=False)

    class Meta:
        verbose_name = _("applicant")
        verbose_name_plural = _("applicants")
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["booking", "position"], name="one_party_a_position"),
            models.UniqueConstraint(
                fields=["service", "id_index"],
                condition=Q(is_open=True),
                name="one_open_booking_a_person",
            ),
        ]
        indexes = [
            models.Index(fields=["id_index"], name="party_id_index"),
        ]

    def __str__(self) -> str:
        return self.full_name or gettext("Data removed as scheduled")

    @property
    def masked_number(self) -> str:
        return masked(self.id_kind, self.id_tail)


def masked(id_kind: str, tail: str) -> str:
    """x-xxxx-xxxxx-70-8, or xxxxxx21 for a passport; a dash where the number was removed."""
    if not tail:
        return "–"
    if id_kind == Party.IdKind.NATIONAL_ID:
        return f"x-xxxx-xxxxx-{tail[-3:-1]}-{tail[-1:]}"
    return f"xxxxxx{tail[-2:]}"
