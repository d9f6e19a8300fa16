from django.apps import AppConfig


class LineChannelConfig(AppConfig):
    name = "line_channel"
    verbose_name = "LINE"

    def ready(self) -> None:
        from bookings.services import holders
        from core import retention
        from line_channel import personal_data, services

        retention.register("LINE events", services.purge)
        links = holders.Holder(held_about=personal_data.held_about, erase=personal_data.erase)
        holders.register("links of LINE accounts", links)
