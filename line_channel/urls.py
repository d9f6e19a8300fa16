"""Addresses of the LINE account beside its webhook: sharing it, and the chat of a demonstration."""

from django.urls import path

from line_channel.views import demo, share

app_name = "line"
urlpatterns = [
    path("line/share/", share.share, name="share"),
    path("demo/line/", demo.chat, name="demo"),
    path("demo/line/dialog/", demo.dialog, name="demo_dialog"),
]
