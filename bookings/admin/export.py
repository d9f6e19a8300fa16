"""The list as a file, masked, for those who may export; why it was made is kept."""

import csv
import time
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpResponseBase, StreamingHttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from import_export import fields, resources

from accounts import services as accounts
from accounts.staff import StaffRequest
from bookings.admin import queue, search, time_left
from bookings.forms import ExportForm
from bookings.models import Booking
from core import thai_dates
from core.admin import site
from core.sheets import safe_cell

AT_MOST = 100_000
BATCH = 100
# For each second of work on the file, so many are left to the citizens of the same web process.
REST, LONGEST_REST = 4, 2


class _Line:
    """A file for csv.writer that hands each line back."""

    def write(self, line: str) -> bytes:
        return line.encode()


class BookingResource(resources.Resource):
    """One line for each appointment; numbers and telephones only as they stand on the screen."""

    reference = fields.Field(column_name=gettext_lazy("reference"))
    service = fields.Field(column_name=gettext_lazy("service"))
    applicants = fields.Field(column_name=gettext_lazy("applicants"))
    numbers = fields.Field(column_name=gettext_lazy("numbers (masked)"))
    date = fields.Field(column_name=gettext_lazy("day"))
    time = fields.Field(column_name=gettext_lazy("time"))
    status = fields.Field(column_name=gettext_lazy("state"))
    owner = fields.Field(column_name=gettext_lazy("owner"))

    def export_field(self, field: Any, instance: Any, **kwargs: Any) -> str:
        text = getattr(self, f"_{self.get_field_name(field)}")(instance)
        return safe_cell(text)

    def _reference(self, booking: Booking) -> str:
        return booking.reference

    def _service(self, booking: Booking) -> str:
        return str(booking.service)

    def _applicants(self, booking: Booking) -> str:
        return ", ".join(party.full_name for party in booking.parties.all())

    def _numbers(self, booking: Booking) -> str:
        return ", ".join(party.masked_number for party in booking.parties.all())

    def _date(self, booking: Booking) -> str:
        return thai_dates.typed_date(booking.slot.starts_at)

    def _time(self, booking: Booking) -> str:
        return thai_dates.time_range(booking.slot.starts_at, booking.slot.ends_at)

    def _status(self, booking: Booking) -> str:
        return str(booking.get_status_display())

    def _owner(self, booking: Booking) -> str:
        return str(booking.owner or "")


def export(request: StaffRequest) -> HttpResponseBase:
    """GET asks what for; POST gives the rows of the filters in the address, and logs it."""
    if not request.user.has_perm("bookings.export_booking"):
        raise PermissionDenied
    now = timezone.now()
    rows: QuerySet[Booking] = Booking.objects.for_staff(request.user)
    if typed := search.typed_in(request.GET):
        rows = search.search(rows, typed, by=request.user).rows
    rows = time_left.with_clock(rows, now=now)
    rows = queue.Choices(request, queue.offered_to(request.user)).apply(rows, now=now)
    tab = request.GET.get("tab", "look")
    rows = rows.filter(queue.tab_conditions(now).get(tab, queue.tab_conditions(now)["look"]))
    form = ExportForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        context = {
            **site.each_context(request),
            "title": _("Export the list"),
            "form": form,
            "number": rows.count(),
            "at_most": AT_MOST,
            "query": request.GET.urlencode(),
        }
        status = 422 if request.method == "POST" else 200
        template = "admin/bookings/booking/export.html"
        return TemplateResponse(request, template, context, status=status)
    return _file(request, rows, form, now)


def _file(
    request: StaffRequest, rows: QuerySet[Booking], form: ExportForm, now: datetime
) -> StreamingHttpResponse:
    office_ids = list(rows.order_by().values_list("office_id", flat=True).distinct())
    for office_id in office_ids:
        accounts.log_view(
            by=request.user,
            office_id=office_id,
            case="",
            what=_("export of a list"),
            reason=form.cleaned_data["reason"],
            now=now,
        )
    response = StreamingHttpResponse(_lines(rows), content_type="text/csv; charset=utf-8")
    name = f"appointments-{timezone.localdate(now):%Y-%m-%d}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _lines(rows: QuerySet[Booking]) -> Iterator[bytes]:
    """The file, a batch of rows at a time: its size does not matter to the memory of the web
    process, no lock is held while somebody far away reads, and the process rests after each batch,
    so that who is booking meanwhile does not wait for it (fault F40): 100,000 rows take minutes.
    Two queries a batch, one for the first keys."""
    resource, writer = BookingResource(), csv.writer(_Line())
    # Excel reads a CSV as Thai only with the mark of UTF-8.
    yield "\ufeff".encode() + writer.writerow(resource.get_export_headers())
    keys = list(rows.order_by("slot__starts_at", "pk").values_list("pk", flat=True)[:AT_MOST])
    rest = 0.0
    for start in range(0, len(keys), BATCH):
        time.sleep(rest)
        began = time.monotonic()
        batch = keys[start : start + BATCH]
        found = (
            Booking.objects.filter(pk__in=batch)
            .select_related("slot", "service", "owner")
            .prefetch_related("parties")
            .order_by("slot__starts_at", "pk")
        )
        lines = b"".join(writer.writerow(resource.export_resource(booking)) for booking in found)
        rest = min(REST * (time.monotonic() - began), LONGEST_REST)
        yield lines
