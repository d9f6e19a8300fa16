from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BookingsConfig(AppConfig):
    name = "bookings"
    verbose_name = _("Appointments")

    def ready(self) -> None:
        from bookings import queries
        from bookings.messages import BookingMessages
        from bookings.waiting_messages import WaitingMessages
        from core import health
        from notifications import sources

        sources.register("booking", BookingMessages())
        sources.register("waiting", WaitingMessages())
        health.add_metrics(queries.metrics)
