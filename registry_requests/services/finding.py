"""Sending the link of a request again, to the contact on file and to nobody else."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from registry_requests import news
from registry_requests.models import CopyRequest
from registry_requests.workflow import TO_READ

ONCE_IN = timedelta(minutes=5)


def send_link(*, reference: str, phone: str, email: str, now: datetime) -> None:
    """Write the message with the link when an open or answered request, or its time of collection,
    has this reference, and the request this telephone (E.164) or this e-mail. Says nothing about
    whether it did; once in five minutes for a request. One query, one INSERT when it matches."""
    given = Q(pk__in=[])
    if phone:
        given |= Q(phone=phone)
    if email:
        given |= Q(email__iexact=email)
    known = Q(reference=reference) | Q(collection__reference=reference)
    found = CopyRequest.objects.filter(known, given, status__in=TO_READ).first()
    if found:
        mark = f"find:{int(now.timestamp() // ONCE_IN.total_seconds())}"
        with transaction.atomic():
            news.tell(found, "copy_link", now=now, mark=mark)
