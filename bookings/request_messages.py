"""What the outbox asks about messages of a request about personal data. None says what is held."""

import re
from datetime import datetime
from typing import Any

from django.template.loader import render_to_string
from django.utils import translation

from bookings import request_links
from bookings.models import DataRequest
from bookings.services import data_requests
from bookings.workflow import RequestStatus
from core import thai_dates
from notifications.models import Message
from notifications.sources import Contact, Rendered

STATES = {
    "data_received": {RequestStatus.SUBMITTED},
    "data_answered": {RequestStatus.ANSWERED},
    "data_refused": {RequestStatus.REFUSED},
}


class RequestMessages:
    """The source "data_request" of the outbox; registered in BookingsConfig.ready()."""

    def is_wanted(self, message: Message, now: datetime) -> bool:
        request = DataRequest.objects.filter(pk=message.case_id).first()
        return request is not None and request.status in STATES[message.kind]

    def render(self, message: Message, now: datetime) -> Rendered:
        """Two queries. Raises DataRequest.DoesNotExist."""
        request = DataRequest.objects.select_related("office").get(pk=message.case_id)
        with translation.override(message.language):
            words = _words(request) | {"language": message.language}

            def draw(layout: str) -> str:
                layout = f"emails/{layout}"
                return render_to_string(f"emails/{message.kind}.txt", words | {"layout": layout})

            subject = " ".join(draw("subject.txt").split())
            text = re.sub(r"\n{3,}", "\n\n", draw("data_section.txt")).strip() + "\n"
            html = render_to_string(
                "emails/email.html",
                {
                    "subject": subject,
                    "sections": [draw("data_section.html")],
                    "language": message.language,
                },
            )
        return Rendered(subject, text, html)

    def contacts(self, message: Message) -> list[Contact]:
        return data_requests.contacts_of(DataRequest.objects.get(pk=message.case_id))

    def phone(self, message: Message) -> str:
        return DataRequest.objects.values_list("phone", flat=True).get(pk=message.case_id)


def _words(request: DataRequest) -> dict[str, Any]:
    return {
        "ref": request.reference,
        "kind": request.get_kind_display(),
        "by": thai_dates.long_date(request.due_at),
        "answer": request.answer,
        "office": request.office.full_name,
        "o": request.office.short_name,
        "tel": request.office.phone.replace(" ", "\N{NO-BREAK SPACE}"),
        "url": request_links.link(request),
    }
