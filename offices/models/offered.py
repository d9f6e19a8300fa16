"""What one office offers, with its own times and numbers."""

from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.history import history as record_history
from core.models import Translated
from core.scope import OfficeRows
from offices.models.catalogue import Service
from offices.models.office import Office, Section

LONGEST_RETURN_DELAY = 30  # minutes


class OpeningPattern(models.Model):
    """A named table of times of one office, such as the printed marriage table of Bang Rak.
    `weekdays` holds the ISO numbers of its days, Monday = 1: "12345"."""

    office = models.ForeignKey(
        Office, verbose_name=_("office"), on_delete=models.CASCADE, related_name="patterns"
    )
    name = models.CharField(_("name"), max_length=60)
    weekdays = models.CharField(_("weekdays (1 = Monday)"), max_length=7, default="12345")
    history = record_history()

    objects = OfficeRows.as_manager()

    class Meta:
        verbose_name = _("opening pattern")
        verbose_name_plural = _("opening patterns")
        constraints = [
            models.UniqueConstraint(fields=["office", "name"], name="one_pattern_a_name")
        ]

    def __str__(self) -> str:
        return self.name


class PatternTime(models.Model):
    """One row of a pattern, as printed: no. 2, 08.31–09.00 (S2-R06). Data, never a formula."""

    pattern = models.ForeignKey(
        OpeningPattern, verbose_name=_("pattern"), on_delete=models.CASCADE, related_name="times"
    )
    no = models.PositiveSmallIntegerField(_("no."))
    starts = models.TimeField(_("starts"))
    ends = models.TimeField(_("ends"))

    class Meta:
        verbose_name = _("time")
        verbose_name_plural = _("times")
        ordering = ["pattern", "no"]
        constraints = [
            models.UniqueConstraint(fields=["pattern", "no"], name="one_pattern_time_a_no"),
            models.UniqueConstraint(fields=["pattern", "starts"], name="one_pattern_time_a_start"),
            models.CheckConstraint(
                condition=models.Q(ends__gt=models.F("starts")), name="pattern_time_in_order"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.starts:%H.%M}–{self.ends:%H.%M}"


class OfferedServiceQuerySet(OfficeRows):
    def open(self) -> "OfferedServiceQuerySet":
        return self.filter(is_open=True, service__is_active=True)


class OfferedService(models.Model):
    """A service at one office: its times, places, windows and rules."""

    office = models.ForeignKey(
        Office, verbose_name=_("office"), on_delete=models.CASCADE, related_name="offered"
    )
    service = models.ForeignKey(
        Service, verbose_name=_("service"), on_delete=models.PROTECT, related_name="offered"
    )
    section = models.ForeignKey(
        Section, verbose_name=_("section"), on_delete=models.PROTECT, related_name="offered"
    )
    pattern = models.ForeignKey(
        OpeningPattern, verbose_name=_("times"), on_delete=models.PROTECT, related_name="offered"
    )
    is_open = models.BooleanField(_("can be booked"), default=True)
    minutes = models.PositiveSmallIntegerField(_("minutes a visit takes"))
    online_places = models.PositiveSmallIntegerField(_("online places a time"))
    staff_places = models.PositiveSmallIntegerField(_("places kept for staff"), default=0)
    total_places = models.PositiveSmallIntegerField(_("places in all, walk-ins included"))
    earliest_days = models.PositiveSmallIntegerField(_("bookable from (working days)"), default=1)
    latest_days = models.PositiveSmallIntegerField(_("bookable up to (working days)"), default=30)
    cutoff_days = models.PositiveSmallIntegerField(
        _("can be changed until (working days before)"), default=1
    )
    max_moves = models.PositiveSmallIntegerField(_("moves online at most"), default=3)
    early_minutes = models.PositiveSmallIntegerField(_("come early by (minutes)"), default=5)
    late_grace_minutes = models.PositiveSmallIntegerField(_("late grace (minutes)"), default=15)
    needs_officer = models.BooleanField(_("an officer looks first"), default=False)
    review_days = models.PositiveSmallIntegerField(_("checked within (working days)"), default=2)
    return_delay_minutes = models.PositiveSmallIntegerField(
        _("a cancelled place comes back after up to (minutes)"),
        default=0,
        validators=[MaxValueValidator(LONGEST_RETURN_DELAY)],
        help_text=_("0 to 30; against handing times on. The waiting list comes first in any case"),
    )
    window_th = models.CharField(_("window in Thai"), max_length=60, blank=True)
    window_en = models.CharField(_("window in English"), max_length=60, blank=True)
    history = record_history()

    window = Translated()
    objects = OfferedServiceQuerySet.as_manager()

    class Meta:
        verbose_name = _("service of an office")
        verbose_name_plural = _("services of an office")
        ordering = ["office", "service__order"]
        constraints = [
            models.UniqueConstraint(fields=["office", "service"], name="one_offer_a_service"),
            models.CheckConstraint(
                condition=models.Q(
                    total_places__gte=models.F("online_places") + models.F("staff_places")
                ),
                name="offered_places_add_up",
            ),
            models.CheckConstraint(
                condition=models.Q(latest_days__gte=models.F("earliest_days")),
                name="offered_window_in_order",
            ),
            models.CheckConstraint(
                condition=models.Q(return_delay_minutes__lte=LONGEST_RETURN_DELAY),
                name="offered_return_delay_bounded",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.service} · {self.office}"

    @property
    def bookable_places(self) -> int:
        """Places of one time that a booking can take; the rest are for walk-ins."""
        return self.online_places + self.staff_places

    @property
    def place(self) -> str:
        """ช่อง 4 ฝ่ายทะเบียน ชั้น 2."""
        return " ".join(part for part in (self.window, str(self.section)) if part)
