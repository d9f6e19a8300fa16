from django.apps import AppConfig


class LineChannelConfig(AppConfig):
    name = "line_channel"
    verbose_name = "LINE"
