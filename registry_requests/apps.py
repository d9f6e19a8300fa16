from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RegistryRequestsConfig(AppConfig):
    name = "registry_requests"
    verbose_name = _("Copies of records")

    def ready(self) -> None:
        from bookings.services import integrity as proofs
        from core import retention
        from notifications import sources
        from registry_requests.messages import CopyMessages
        from registry_requests.news import SOURCE
        from registry_requests.services import integrity
        from registry_requests.services import retention as keeping

        sources.register(SOURCE, CopyMessages())
        proofs.add_check(integrity.requests)
        retention.register("card codes", keeping.purge_codes)
        retention.register("copy requests", keeping.purge_names)
