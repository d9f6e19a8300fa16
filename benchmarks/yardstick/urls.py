"""The two minimal views: three statements by the ORM, and rows as JSON."""

from django.db import connection, transaction
from django.db.models import F
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path

from benchmarks.yardstick.models import Booking, Outbox, Slot


def book(request: HttpRequest) -> HttpResponse:
    slot_id = int(request.POST["slot"])
    with transaction.atomic():
        free = Slot.objects.filter(pk=slot_id, booked__lt=F("capacity"))
        if not free.update(booked=F("booked") + 1):
            return HttpResponse("full", status=409)
        booking = Booking.objects.create(
            slot_id=slot_id, name=request.POST["full_name"], phone=request.POST["phone"]
        )
        Outbox.objects.create(booking=booking, address=request.POST["email"])
    return _with_length(HttpResponse(str(booking.pk), status=201))


def times(request: HttpRequest) -> HttpResponse:
    """The rows that the page of free times shows, read from the product's own table."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, starts_at, ends_at, capacity - taken FROM bookings_slot"
            " WHERE office_id = %s AND service_id = %s AND starts_at >= %s AND starts_at < %s"
            " ORDER BY starts_at",
            [request.GET["office"], request.GET["service"], request.GET["from"], request.GET["to"]],
        )
        return _with_length(JsonResponse({"times": [list(row) for row in cursor.fetchall()]}))


def _with_length(response: HttpResponse) -> HttpResponse:
    """Without middleware nobody else says it, and the load generator reads no chunks."""
    response["Content-Length"] = len(response.content)
    return response


urlpatterns = [path("book/", book), path("times/", times)]
