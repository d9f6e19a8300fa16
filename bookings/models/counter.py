"""The day at the counter: numbers in the hall, what happened to each when, and calls for help."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from bookings.models.booking import Booking
from bookings.workflow import AT_WINDOW, PRESENT, TicketStatus
from core.scope import OfficeRows
from offices.models import ChecklistItem, OfferedService, Office, Window

if TYPE_CHECKING:
    from datetime import date


class Lane(models.TextChoices):
    """The letter before a number: people with an appointment, and people without."""

    BOOKED = "A", _("with an appointment")
    WALK_IN = "W", _("without an appointment")


class NotServedReason(models.TextChoices):
    DOCUMENTS = "documents", _("Documents are missing")
    CONDITIONS = "conditions", _("The conditions are not met")
    PERSON = "person", _("The partner or a witness is not here")
    SYSTEM = "system", _("The registration system is down")
    CHANGED_MIND = "changed_mind", _("The applicant changed their mind")
    OTHER = "other", _("Another reason")


class Counter(models.Model):
    """The last number given in a lane of an office on one day; its row is locked to give the
    next one, so that numbers run on whatever became of the earlier ones (ADR 14)."""

    office = models.ForeignKey(Office, on_delete=models.CASCADE, related_name="+")
    day = models.DateField()
    lane = models.CharField(max_length=1, choices=Lane.choices)
    last = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["office", "day", "lane"], name="one_counter_a_lane")
        ]

    def __str__(self) -> str:
        return f"{self.lane}{self.last}"


class TicketQuerySet(OfficeRows):
    def of_day(self, office: Office, day: "date") -> "TicketQuerySet":
        return self.filter(office=office, day=day)

    def waiting(self) -> "TicketQuerySet":
        return self.filter(status=TicketStatus.WAITING)

    def present(self) -> "TicketQuerySet":
        return self.filter(status__in=PRESENT)


class Ticket(models.Model):
    """A number in the hall of one office on one day, of a booking that arrived or of a walk-in.
    `status`, `window`, `officer` and `version` are written only by `bookings.services.counter`.
    A booked person who came too late keeps the booking and gets a number of the walk-ins."""

    office = models.ForeignKey(
        Office, verbose_name=_("office"), on_delete=models.PROTECT, related_name="tickets"
    )
    day = models.DateField(_("day"))
    lane = models.CharField(_("lane"), max_length=1, choices=Lane.choices)
    number = models.PositiveSmallIntegerField(_("number"))
    offered = models.ForeignKey(
        OfferedService, verbose_name=_("service"), on_delete=models.PROTECT, related_name="+"
    )
    booking = models.OneToOneField(
        Booking,
        verbose_name=_("appointment"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="ticket",
    )
    name = models.CharField(_("name"), max_length=150, blank=True)
    # Of the form at the kiosk: pressed twice, it gives one number.
    form_key = models.UUIDField(null=True, editable=False)
    status = models.CharField(
        _("state"), max_length=12, choices=TicketStatus.choices, default=TicketStatus.WAITING
    )
    version = models.PositiveIntegerField(default=1)
    arrived_at = models.DateTimeField(_("arrived"))
    window = models.ForeignKey(
        Window,
        verbose_name=_("window"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    officer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("officer"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    calls = models.PositiveSmallIntegerField(_("times called"), default=0)
    called_at = models.DateTimeField(_("called"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    reason = models.CharField(
        _("why not served"), max_length=20, choices=NotServedReason.choices, blank=True
    )
    missing = models.ForeignKey(
        ChecklistItem,
        verbose_name=_("missing item"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    remark = models.CharField(_("remark"), max_length=200, blank=True)

    objects = TicketQuerySet.as_manager()

    class Meta:
        verbose_name = _("number in the hall")
        verbose_name_plural = _("numbers in the hall")
        ordering = ["day", "lane", "number"]
        permissions = [
            ("work_desk", "Can work the counter desk"),
            ("lead_desk", "Can answer calls for help and undo steps of others"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["office", "day", "lane", "number"], name="one_ticket_a_number"
            ),
            models.UniqueConstraint(fields=["form_key"], name="one_number_a_press"),
            models.UniqueConstraint(
                fields=["window"],
                condition=Q(status__in=sorted(AT_WINDOW)),
                name="one_ticket_at_a_window",
            ),
            models.CheckConstraint(
                condition=Q(status__in=TicketStatus.values), name="ticket_status_known"
            ),
            models.CheckConstraint(
                condition=~Q(status__in=sorted(AT_WINDOW)) | Q(window__isnull=False),
                name="ticket_called_to_a_window",
            ),
            models.CheckConstraint(
                condition=~Q(status=TicketStatus.NOT_SERVED) | ~Q(reason=""),
                name="ticket_not_served_has_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.lane}{self.number:02d}"


class Period(models.Model):
    """One stretch of a ticket's day, append-only: in which state, at which window, by whom, from
    when to when (server time). A step closes the open period and opens the next; a step that was
    undone or corrected stays, marked, and what corrects it says `why`. Minutes of the time sheet
    and the figures come from here (S2-K5)."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="periods")
    state = models.CharField(_("state"), max_length=12, choices=TicketStatus.choices)
    officer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("officer"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    window = models.ForeignKey(
        Window,
        verbose_name=_("window"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    started_at = models.DateTimeField(_("start"))
    ended_at = models.DateTimeField(_("end"), null=True, blank=True)
    clock_wrong = models.BooleanField(_("clock not right"), default=False)
    undone = models.BooleanField(_("undone"), default=False)
    why = models.CharField(_("why corrected"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("period at the counter")
        verbose_name_plural = _("periods at the counter")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["ticket"], condition=Q(ended_at__isnull=True), name="one_open_period"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=models.F("started_at")),
                name="period_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.state}"

    def minutes(self, now: datetime) -> int:
        """Whole minutes so far, or in all."""
        return int(((self.ended_at or now) - self.started_at).total_seconds() // 60)


class Alarm(models.Model):
    """A clerk's call for the head of section to come, from one window."""

    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+")
    window = models.ForeignKey(
        Window, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("called"))
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)

    objects = OfficeRows.as_manager()

    class Meta:
        verbose_name = _("call for help")
        verbose_name_plural = _("calls for help")
        ordering = ["-at"]

    def __str__(self) -> str:
        return f"{self.office_id} {self.at:%H.%M}"
