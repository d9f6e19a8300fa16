from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("Staff and access")

    def ready(self) -> None:
        from accounts import dormant, line_links, services
        from core import retention

        retention.register("view log", services.purge_view_log)
        retention.register("unused staff accounts (closed)", dormant.close_unused)
        retention.register("links of LINE accounts", line_links.purge)
