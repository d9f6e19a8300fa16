"""The back-office."""

from django.contrib.admin import AdminSite
from django.contrib.admin.apps import AdminConfig
from django.utils.translation import gettext_lazy as _


class NadkhetAdminConfig(AdminConfig):
    default_site = "core.admin_site.NadkhetAdminSite"


class NadkhetAdminSite(AdminSite):
    site_title = _("Nadkhet back-office")
    site_header = _("Nadkhet")
    index_title = _("Home")
