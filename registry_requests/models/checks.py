"""What an officer compared, and whether it was equal (S0-R11)."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from registry_requests.models.request import CopyRequest


class Comparison(models.Model):
    """Append-only: the number or code on the card reader or the registry's screen, compared with
    what the person gave. What the officer typed is not kept."""

    class Item(models.TextChoices):
        NUMBER = "number", _("13-digit number")
        BACK_CODE = "back_code", _("12-character code on the back")
        PHOTO_CODE = "photo_code", _("14-digit number under the photo")

    class Source(models.TextChoices):
        OFFICER = "officer", pgettext_lazy("compared by", "typed by the officer")
        DOPA = (
            "dopa",
            pgettext_lazy("compared by", "answer of the Department of Provincial Administration"),
        )

    request = models.ForeignKey(CopyRequest, on_delete=models.CASCADE, related_name="comparisons")
    item = models.CharField(_("what was compared"), max_length=12, choices=Item.choices)
    matched = models.BooleanField(_("equal"))
    source = models.CharField(max_length=10, choices=Source.choices, default=Source.OFFICER)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("officer"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    at = models.DateTimeField(_("time"))

    class Meta:
        verbose_name = _("comparison")
        verbose_name_plural = _("comparisons")
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.request} {self.item}"
