from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RegistryRequestsConfig(AppConfig):
    name = "registry_requests"
    verbose_name = _("Copies of records")

    def ready(self) -> None:
        from bookings import cases
        from bookings.services import holders
        from bookings.services import integrity as proofs
        from core import demo as demo_parts
        from core import retention
        from notifications import sources
        from registry_requests import demo, queries
        from registry_requests.messages import CopyMessages
        from registry_requests.news import SOURCE
        from registry_requests.services import integrity, personal_data
        from registry_requests.services import retention as keeping

        sources.register(SOURCE, CopyMessages())
        proofs.add_check(integrity.requests)
        page = "admin:registry_requests_copyrequest_change"
        pages = cases.Pages(page, key_of=queries.key_of_booking, find=queries.key_found)
        cases.register(SOURCE, pages)
        demo_parts.register("demo copy requests", demo.make_requests)
        retention.register("card codes", keeping.purge_codes)
        retention.register("copy requests", keeping.purge_names)
        copies = holders.Holder(held_about=personal_data.held_about, erase=personal_data.erase)
        holders.register("copy requests", copies)
