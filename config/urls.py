"""All addresses. Thai stands at the root, English under /en/."""

from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path

from core import views as core_views
from line_channel.views.webhook import webhook

urlpatterns = [
    path("livez", core_views.livez, name="livez"),
    path("readyz", core_views.readyz, name="readyz"),
    path("metrics", core_views.metrics, name="metrics"),
    path("admin/", admin.site.urls),
    path("line/webhook/", webhook, name="line_webhook"),
]
urlpatterns += i18n_patterns(
    path("", include("line_channel.urls")),
    path("", include("portal.urls")),
    prefix_default_language=False,
)

handler404 = "core.views.not_found"
handler500 = "core.views.server_error"
