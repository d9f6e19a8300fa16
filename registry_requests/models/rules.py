"""What an office decides about copies."""

from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.history import history as record_history
from core.scope import OfficeRows
from offices.models import Office


class CopyRules(models.Model):
    """The same-day lane and the account for payments of one office. Without a row: no same-day
    lane, fees at the counter."""

    office = models.OneToOneField(
        Office, verbose_name=_("office"), on_delete=models.CASCADE, related_name="copy_rules"
    )
    express_a_day = models.PositiveSmallIntegerField(
        _("requests collected on the same day, at most"), default=0
    )
    keep_days = models.PositiveSmallIntegerField(
        _("days a copy waits after its time of collection"),
        default=30,
        validators=[MinValueValidator(1)],
    )
    biller_id = models.CharField(
        _("biller ID for Bill Payment (15 digits)"),
        max_length=15,
        blank=True,
        validators=[RegexValidator(r"\A[0-9]{15}\Z", _("The biller ID has 15 digits"))],
        help_text=_("Empty: the fee is paid at the counter"),
    )
    history = record_history()

    objects = OfficeRows.as_manager()

    class Meta:
        verbose_name = _("rules for copies")
        verbose_name_plural = _("rules for copies")

    def __str__(self) -> str:
        return str(self.office)
