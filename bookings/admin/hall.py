"""The screens of the hall: where the display is, and the link that makes a tablet the kiosk."""

from datetime import datetime
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from accounts.staff import StaffRequest
from bookings import hall_links
from bookings.services import counter
from core.admin import site
from offices.models import Kiosk, Office

MAY = "offices.change_kiosk"


class OfficeForm(forms.Form):
    """For which of the own offices a link is made."""

    office: forms.ModelChoiceField = forms.ModelChoiceField(
        queryset=None,
        error_messages={
            "required": gettext_lazy("Choose an office of the list."),
            "invalid_choice": gettext_lazy("Choose an office of the list."),
        },
    )

    def __init__(self, *args: Any, offices: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices: Any = self.fields["office"]
        choices.queryset = offices


@require_http_methods(["GET", "HEAD", "POST"])
def page(request: StaffRequest) -> HttpResponse:
    """GET shows the addresses; POST makes a new link for the tablet, shown on this answer only,
    and closes the tablets that were opened by older ones."""
    if not request.user.has_perm(MAY):
        raise PermissionDenied
    now = timezone.now()
    allowed = [pk for pk in request.user.office_ids if request.user.has_office_permission(MAY, pk)]
    offices = Office.objects.filter(pk__in=allowed)
    if request.method != "POST":
        return _page(request, offices)
    form = OfficeForm(request.POST, offices=offices)
    if not form.is_valid():
        return _page(request, offices, errors=form.errors.get("office", []), status=422)
    kiosk = counter.open_kiosk(office=form.cleaned_data["office"], by=request.user, now=now)
    return _page(request, offices, made=kiosk, now=now)


def _page(
    request: StaffRequest,
    offices: Any,
    *,
    made: Kiosk | None = None,
    now: datetime | None = None,
    errors: Any = (),
    status: int = 200,
) -> HttpResponse:
    link = hall_links.kiosk_link(made, now=now) if made and now else ""
    context = {
        **site.each_context(request),
        "title": _("Display and kiosk"),
        "offices": [
            {
                "office": office,
                "display": f"{settings.SITE_URL}/display/{office.slug}/",
                "made_at": getattr(getattr(office, "kiosk", None), "made_at", None),
                "link": link if made and made.office_id == office.pk else "",
            }
            for office in offices.select_related("kiosk")
        ],
        "minutes": hall_links.LINK_MINUTES,
        "errors": errors,
    }
    response = TemplateResponse(request, "admin/bookings/hall.html", context, status=status)
    response["Cache-Control"] = "no-store, private"
    return response


PAGES = [path("hall/", site.admin_view(page), name="hall")]
