"""Closing a part of a day or changing the times of a service, and what becomes of each appointment
that it hits (ADR 16)."""

from datetime import datetime, time, timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from bookings.models.booking import Booking
from bookings.models.slot import Slot, at_times
from bookings.workflow import CHANGEABLE, ClosingStatus
from core.models import Translated
from core.scope import OfficeRows
from offices.models import OfferedService, Office, OpeningPattern


class Part(models.TextChoices):
    DAY = "day", _("The whole day")
    MORNING = "morning", _("The morning, until noon")
    AFTERNOON = "afternoon", _("The afternoon, from noon")
    HOURS = "hours", _("Hours of your own")
    # No closing, but a change that takes times away for good.
    PATTERN = "pattern", _("New times of a pattern")
    CHOICE = "choice", _("Another pattern for a service")


CHANGES = frozenset({Part.PATTERN, Part.CHOICE})


class Choice(models.TextChoices):
    UNDECIDED = "undecided", _("Not decided")
    MOVE = "move", pgettext_lazy("closing", "Move")
    CANCEL = "cancel", pgettext_lazy("closing", "Cancel")
    KEEP = "keep", pgettext_lazy("closing", "Keep")


class Closing(models.Model):
    """A part of a day that one office closes for some services, or (`is_change`) the new times of
    a pattern, counted from the day it was made: then `date` is that day, `pattern` the pattern that
    changes or is chosen, `weekdays` and `times` ([[1, "08:00", "08:30"], …]) what it is to be.
    While it is a draft it stops new bookings until `stopped_until`. `status` is written only by
    `bookings.services.closing_moves`."""

    office = models.ForeignKey(
        Office, verbose_name=_("office"), on_delete=models.PROTECT, related_name="closings"
    )
    date = models.DateField(_("day"))
    part = models.CharField(_("part of the day"), max_length=10, choices=Part.choices)
    starts = models.TimeField(_("from"))
    ends = models.TimeField(_("until"))
    services = models.ManyToManyField(
        OfferedService, verbose_name=_("services"), related_name="closings"
    )
    # All services of the office, those that come later included: a row of the calendar of closures.
    of_all_services = models.BooleanField(default=False)
    pattern = models.ForeignKey(
        OpeningPattern, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    weekdays = models.CharField(max_length=7, blank=True)
    times = models.JSONField(default=list, blank=True)
    reason_th = models.CharField(_("reason in Thai"), max_length=120)
    reason_en = models.CharField(_("reason in English"), max_length=120, blank=True)
    status = models.CharField(
        _("state"), max_length=10, choices=ClosingStatus.choices, default=ClosingStatus.DRAFT
    )
    version = models.PositiveIntegerField(default=1)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("made by"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    made_at = models.DateTimeField(_("made"))
    stopped_until = models.DateTimeField(_("no new bookings until"), null=True, blank=True)
    announced_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("announced by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    announced_at = models.DateTimeField(_("announced"), null=True, blank=True)
    answer_by = models.DateTimeField(_("answers until"), null=True, blank=True)

    reason = Translated()
    objects = OfficeRows.as_manager()

    class Meta:
        verbose_name = _("closing")
        verbose_name_plural = _("closings")
        ordering = ["date", "starts"]
        permissions = [("announce_closing", "Can close times and tell those booked")]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=ClosingStatus.values), name="closing_status_known"
            ),
            models.CheckConstraint(condition=Q(ends__gt=F("starts")), name="closing_in_order"),
            models.CheckConstraint(
                condition=Q(part__in=sorted(CHANGES), pattern__isnull=False)
                | (~Q(part__in=sorted(CHANGES)) & Q(pattern__isnull=True)),
                name="closing_change_has_a_pattern",
            ),
            models.CheckConstraint(
                condition=Q(date__range=("2020-01-01", "2100-01-01")),
                name="closing_in_christian_era",
            ),
        ]
        indexes = [
            models.Index(
                fields=["status"],
                condition=Q(status__in=[ClosingStatus.DRAFT, ClosingStatus.ANNOUNCED]),
                name="closing_at_work",
            ),
            models.Index(fields=["office", "date"], name="closing_office_date"),
        ]

    def __str__(self) -> str:
        return f"{self.date:%d/%m}/{self.date.year + 543} {self.starts:%H.%M}–{self.ends:%H.%M}"

    @property
    def starts_at(self) -> datetime:
        return timezone.make_aware(datetime.combine(self.date, self.starts))

    @property
    def ends_at(self) -> datetime:
        return timezone.make_aware(datetime.combine(self.date, self.ends))

    @property
    def is_draft(self) -> bool:
        return self.status == ClosingStatus.DRAFT

    @property
    def is_whole_day(self) -> bool:
        """A day of the calendar: nothing at all is open on it."""
        return self.part == Part.DAY and self.of_all_services

    @property
    def is_change(self) -> bool:
        return self.part in CHANGES

    @property
    def rows(self) -> list[tuple[int, time, time]]:
        """The new times of a change as printed: no. 2, 08.31–09.00."""
        return [
            (no, time.fromisoformat(starts), time.fromisoformat(ends))
            for no, starts, ends in self.times
        ]

    @property
    def _new(self) -> Q:
        return at_times(self.weekdays, [starts for _no, starts, _ends in self.rows])

    def reason_in(self, language: str) -> str:
        return (self.reason_en if language == "en" else "") or self.reason_th

    def slots(self) -> models.QuerySet[Slot]:
        """The times that it closes, in the order of locking: whatever overlaps its hours; of a
        change all times ahead that are not among the new ones."""
        if self.is_change:
            return self._ahead().filter(out_of_pattern=False).exclude(self._new).order_by("pk")
        rows = Slot.objects.filter(
            office=self.office_id,
            starts_at__lt=self.ends_at,
            starts_at__gt=self.starts_at - timedelta(days=1),
            ends_at__gt=self.starts_at,
        )
        if not self.of_all_services:
            rows = rows.filter(service__in=self.services.values("service"))
        return rows.order_by("pk")

    def new_slots(self) -> models.QuerySet[Slot]:
        """Times that a draft of a change has made ready: closed, with places for proposals."""
        return Slot.objects.filter(stopped_by=self, out_of_pattern=True)

    def same_slots(self) -> models.QuerySet[Slot]:
        """Times ahead that a change has too, whether in the pattern already or not."""
        return self._ahead().filter(self._new)

    def _ahead(self) -> models.QuerySet[Slot]:
        return Slot.objects.filter(
            office=self.office_id,
            service__in=self.services.values("service"),
            starts_at__gt=self.made_at,
        )

    def hit(self, now: datetime) -> models.QuerySet[Booking]:
        """The appointments ahead that stand on its times; whoever has arrived is served."""
        return Booking.objects.filter(
            slot__in=self.slots().order_by().values("pk"),
            slot__starts_at__gt=now,
            status__in=CHANGEABLE,
        )


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
        """A move needs a place that is really kept, a stay somebody who answers for it."""
        if self.choice == Choice.MOVE:
            return self.holds_place
        if self.choice == Choice.KEEP:
            return bool(self.place and self.responsible)
        return self.choice == Choice.CANCEL
