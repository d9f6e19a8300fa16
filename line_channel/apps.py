from django.apps import AppConfig


class LineChannelConfig(AppConfig):
    name = "line_channel"
    verbose_name = "LINE"

    def ready(self) -> None:
        from core import retention
        from line_channel import services

        retention.register("LINE events", services.purge)
