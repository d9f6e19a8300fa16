"""What becomes of each appointment that a closing hits (ADR 16)."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from bookings.models.booking import Booking
from bookings.models.closing import Closing
from bookings.models.slot import Slot


class Choice(models.TextChoices):
    UNDECIDED = "undecided", _("Not decided")
    MOVE = "move", pgettext_lazy("closing", "Move")
    CANCEL = "cancel", pgettext_lazy("closing", "Cancel")
    KEEP = "keep", pgettext_lazy("closing", "Keep")


class ClosingDecision(models.Model):
    """What becomes of one appointment on a closed time. `holds_place` says that a place of
    `proposed` is taken for it, counted there like a booking; once done, the booking has it. A
    cancelled one keeps it until `offered_until`, for its citizen to take with one press."""

    closing = models.ForeignKey(Closing, on_delete=models.CASCADE, related_name="decisions")
    booking = models.ForeignKey(
        Booking, verbose_name=_("appointment"), on_delete=models.PROTECT, related_name="decisions"
    )
    slot = models.ForeignKey(
        Slot, verbose_name=_("closed time"), on_delete=models.PROTECT, related_name="+"
    )
    choice = models.CharField(
        _("decision"), max_length=10, choices=Choice.choices, default=Choice.UNDECIDED
    )
    proposed = models.ForeignKey(
        Slot,
        verbose_name=_("proposed time"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="proposals",
    )
    holds_place = models.BooleanField(default=False)
    place = models.CharField(_("place"), max_length=120, blank=True)
    responsible = models.CharField(_("responsible person"), max_length=80, blank=True)
    done_at = models.DateTimeField(_("done"), null=True, blank=True)
    offered_until = models.DateTimeField(_("offered until"), null=True, blank=True)
    # Cancelled, moved or served before we came to it: nothing was left to do.
    was_gone = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        ordering = ["slot__starts_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["closing", "booking"], name="one_decision_a_closing"),
            models.UniqueConstraint(
                fields=["booking"],
                condition=Q(done_at__isnull=True),
                name="one_open_decision_a_booking",
            ),
            models.CheckConstraint(
                condition=Q(holds_place=False)
                | Q(proposed__isnull=False, done_at__isnull=True)
                | Q(proposed__isnull=False, offered_until__isnull=False),
                name="decision_holds_a_place_of_a_time",
            ),
        ]
        indexes = [
            models.Index(
                fields=["offered_until"],
                condition=Q(holds_place=True, offered_until__isnull=False),
                name="decision_offers",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.booking_id}: {self.choice}"

    @property
    def is_decided(self) -> bool:
        """A move needs a place that is really kept, a stay somebody who answers for it, unless
        the time is not closed."""
        if self.choice == Choice.MOVE:
            return self.holds_place
        if self.choice == Choice.KEEP and not self.closing.changes_places:
            return bool(self.place and self.responsible)
        return self.choice in (Choice.CANCEL, Choice.KEEP)
