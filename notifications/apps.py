from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NotificationsConfig(AppConfig):
    name = "notifications"
    verbose_name = _("Messages")

    def ready(self) -> None:
        from core import health
        from notifications import queries

        health.add_fact("oldest_due_seconds", queries.oldest_due_seconds)
        health.add_metrics(queries.metrics)
