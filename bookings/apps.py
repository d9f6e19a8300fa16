from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BookingsConfig(AppConfig):
    name = "bookings"
    verbose_name = _("Appointments")

    def ready(self) -> None:
        from bookings import queries
        from bookings.messages import BookingMessages
        from bookings.request_messages import RequestMessages
        from bookings.services import data_requests
        from bookings.services import retention as keeping
        from bookings.waiting_messages import WaitingMessages
        from core import health, retention
        from notifications import sources

        sources.register("booking", BookingMessages())
        sources.register("data_request", RequestMessages())
        for name, purge in keeping.KINDS.items():
            retention.register(name, purge)
        retention.register("data requests", data_requests.purge)
        sources.register("waiting", WaitingMessages())
        health.add_metrics(queries.metrics)
