"""Addresses of the citizen's pages (design §5). English ones stand under /en/."""

from django.urls import path

from portal.views import booking, demo, documents, find, hall, home, kiosk, my, offices, times

app_name = "portal"
urlpatterns = [
    path("", home.home, name="home"),
    path("services/", home.services, name="services"),
    path("holidays/", home.holidays, name="holidays"),
    path("help/", home.help_page, name="help"),
    path("privacy/", home.privacy, name="privacy"),
    path("accessibility/", home.accessibility, name="accessibility"),
    path("offices/", offices.directory, name="offices"),
    path("offices/<slug:office>/", offices.office, name="office"),
    path("offices/<slug:office>/<slug:service>/", offices.service, name="service"),
    path("offices/<slug:office>/<slug:service>/times/", times.times, name="times"),
    path("offices/<slug:office>/<slug:service>/hold/", booking.hold, name="hold"),
    path("bookings/hold/<uuid:key>/", booking.form, name="form"),
    path("bookings/hold/<uuid:key>/extend/", booking.extend, name="extend"),
    path("bookings/hold/<uuid:key>/release/", booking.release, name="release"),
    path("l/<str:token>/", my.open_link, name="link"),
    path("s/<str:code>/", my.short_link, name="short_link"),
    path("my/<str:reference>/", my.status, name="status"),
    path("my/<str:reference>/cancel/", my.cancel, name="cancel"),
    path("my/<str:reference>/move/", my.move, name="move"),
    path("my/<str:reference>/leave/", my.leave, name="leave"),
    path("my/<str:reference>/ticket.pdf", my.ticket, name="ticket"),
    path("my/<str:reference>/event.ics", my.event, name="event"),
    path("my/<str:reference>/documents/", documents.documents, name="documents"),
    path("display/<slug:office>/", hall.display, name="display"),
    path("kiosk/<slug:office>/", kiosk.kiosk, name="kiosk"),
    path("kiosk/<slug:office>/open/<str:token>/", kiosk.open_kiosk, name="kiosk_open"),
    path("kiosk/<slug:office>/<str:code>/", kiosk.slip, name="kiosk_slip"),
    path("queue/<str:code>/", hall.queue, name="queue"),
    path("find/", find.find, name="find"),
    path("demo/outbox/", demo.outbox, name="demo_outbox"),
    path("demo/outbox/<uuid:message>/", demo.message, name="demo_message"),
    path("demo/components/", demo.components, name="demo_components"),
]
