"""Days on which nothing can be booked, and days that many couples want."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.history import history as record_history
from core.models import Translated
from core.scope import OfficeOrCityRows
from offices.models.office import Office


class Closure(models.Model):
    """A closed day: of the whole city when `office` is empty, else of one office. The reason is
    shown to citizens."""

    office = models.ForeignKey(
        Office,
        verbose_name=_("office (empty: all)"),
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="closures",
    )
    date = models.DateField(_("day"))
    reason_th = models.CharField(_("reason in Thai"), max_length=120)
    reason_en = models.CharField(_("reason in English"), max_length=120, blank=True)
    history = record_history()

    reason = Translated()
    objects = OfficeOrCityRows.as_manager()

    class Meta:
        verbose_name = _("closed day")
        verbose_name_plural = _("closed days")
        ordering = ["date"]
        constraints = [
            models.UniqueConstraint(fields=["date", "office"], name="one_closure_an_office_day"),
            models.UniqueConstraint(
                fields=["date"],
                condition=models.Q(office__isnull=True),
                name="one_closure_a_city_day",
            ),
            models.CheckConstraint(
                condition=models.Q(date__range=("2020-01-01", "2100-01-01")),
                name="closure_in_christian_era",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.date:%d/%m}/{self.date.year + 543} {self.reason_th}"


class PopularDay(models.Model):
    """A day that couples like, marked by the central office; never called auspicious."""

    date = models.DateField(_("day"), unique=True)
    name_th = models.CharField(_("name in Thai"), max_length=80)
    name_en = models.CharField(_("name in English"), max_length=80, blank=True)

    name = Translated()

    class Meta:
        verbose_name = _("popular wedding day")
        verbose_name_plural = _("popular wedding days")
        ordering = ["date"]

    def __str__(self) -> str:
        return self.name
