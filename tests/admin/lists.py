"""The list of cases, as the tests read it."""

QUEUE = "admin:bookings_booking_changelist"


def rows_of(page):
    return [row.booking for row in page.context["rows"]]
