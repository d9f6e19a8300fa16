"""Abstract tables that more than one app needs."""

from django.conf import settings
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from core.workflow import Actor, ActorKind


class Translated:
    """A read-only property that gives `<name>_en` to an English reader where it is filled,
    else `<name>_th`."""

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, instance: models.Model | None, owner: type) -> str:
        if instance is None:
            return ""
        english = (get_language() or "th").startswith("en")
        text = getattr(instance, f"{self.name}_en") if english else ""
        return text or getattr(instance, f"{self.name}_th")


class StatusChange(models.Model):
    """One append-only row of a case's history: who moved it from where to where, when and why."""

    from_status = models.CharField(_("from"), max_length=20, blank=True)
    to_status = models.CharField(_("to"), max_length=20)
    actor = models.CharField(
        _("by"), max_length=10, choices=[(kind.value, kind.value) for kind in ActorKind]
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("officer"),
        null=True,
        blank=True,
        db_index=False,
        on_delete=models.PROTECT,
        related_name="+",
    )
    at = models.DateTimeField(_("time"))
    reason = models.TextField(_("reason"), blank=True)

    class Meta:
        abstract = True

    def set_actor(self, by: Actor) -> None:
        self.actor = by.kind
        self.by = by.user
