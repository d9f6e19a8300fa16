"""The verbs of a request about personal data (PDPA s.30 to 36): asked online, the identity checked
at the counter by an officer, answered or refused by another within the 30 days."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts import personal
from accounts import services as accounts
from accounts.models import Consent, User
from bookings.models import Booking, DataRequest, DataRequestChange, Party
from bookings.services import holders, retention
from bookings.services.submit import PRIVACY_TEXT_VERSION, Person
from bookings.workflow import REQUEST_OPEN, REQUEST_WORKFLOW, RequestStatus
from core.db import lock_rows
from core.errors import Refused
from core.reference import new_reference
from core.retention import batches
from core.workflow import CITIZEN, Actor
from notifications import services as notifications
from notifications.models import Channel
from notifications.services import Contact, News
from offices.models import Office

REFERENCE_DRAWS = 5
PURPOSE = "data_request"
MUST_REACH = frozenset({"data_answered", "data_refused"})


@dataclass(frozen=True)
class Asked:
    """The checked form. `phone` is E.164; one of phone and e-mail is filled."""

    office: Office
    kind: DataRequest.Kind
    person: Person
    phone: str
    email: str
    note: str
    language: str


def ask(*, form_key: UUID, asked: Asked, now: datetime) -> DataRequest:
    """Store a request and send its link; the same form again gives the first one back. Says
    nothing about whether anything is held. Raises Refused("busy")."""
    for _attempt in range(REFERENCE_DRAWS):
        earlier = DataRequest.objects.filter(form_key=form_key).first()
        if earlier:
            return earlier
        try:
            with transaction.atomic():
                return _store(form_key, asked, now)
        except IntegrityError as error:
            if "reference" not in str(error) and "form_key" not in str(error):
                raise
    raise Refused(_("Very many are booking just now. Try again in a minute."), code="busy")


def _store(form_key: UUID, asked: Asked, now: datetime) -> DataRequest:
    person = asked.person
    consent = accounts.record_consent(
        purpose=PURPOSE,
        text_version=PRIVACY_TEXT_VERSION,
        language=asked.language,
        channel=Consent.Channel.WEB,
        now=now,
    )
    request = DataRequest.objects.create(
        office=asked.office,
        reference=new_reference(asked.office.prefix),
        kind=asked.kind,
        form_key=form_key,
        full_name=person.full_name,
        nationality=person.nationality,
        id_kind=person.id_kind,
        id_sealed=personal.seal(person.number, context=f"{form_key}:0"),
        id_index=person.index,
        id_tail=person.number[-4:],
        phone=asked.phone,
        email=asked.email,
        note=asked.note,
        language=asked.language,
        consent=consent,
        created_at=now,
        due_at=now + timedelta(days=settings.DATA_REQUEST_DAYS),
    )
    _record(request, source="", by=CITIZEN, now=now)
    _tell(request, "data_received", now=now)
    return request


def identify(*, request: DataRequest, by: User, now: datetime) -> DataRequest:
    """The officer has seen the original card or passport, and it is this person's. Raises
    Refused("permission" | "move"). Locks the request."""
    _check_may(request, "identify_datarequest", by)
    with transaction.atomic():
        locked = _locked(request)
        locked.identified_at, locked.identified_by = now, by
        _move(locked, RequestStatus.IDENTIFIED, by=Actor.staff(by), now=now)
    return locked


def answer(*, request: DataRequest, text: str, by: User, now: datetime) -> DataRequest:
    """Close it with an answer that the person reads. A request to erase removes what names
    people from the finished bookings of the person at this office, and from what apps above hold;
    the figures stay.

    Raises Refused("permission" | "reason" | "own" | "move" | "open_case" | "other_request").
    Locks what apps above hold, the bookings, then the request."""
    _check_may(request, "answer_datarequest", by)
    _check_words(text)
    with transaction.atomic():
        erased = _erase(request, now) if request.kind == DataRequest.Kind.ERASE else 0
        locked = _locked(request)
        _check_another(locked, by)
        locked.erased = erased
        _close(locked, RequestStatus.ANSWERED, text, by=by, now=now)
    retention.remove_marked()
    return locked


def refuse(*, request: DataRequest, reason: str, by: User, now: datetime) -> DataRequest:
    """Close it with the reason of the law that the person reads. Raises Refused("permission" |
    "reason" | "own" | "move"). Locks the request."""
    _check_may(request, "answer_datarequest", by)
    _check_words(reason)
    with transaction.atomic():
        locked = _locked(request)
        _check_another(locked, by)
        _close(locked, RequestStatus.REFUSED, reason, by=by, now=now)
    return locked


def withdraw(*, request: DataRequest, now: datetime) -> DataRequest:
    """The person takes it back. Raises Refused("move"). Locks the request."""
    with transaction.atomic():
        locked = _locked(request)
        locked.closed_at = now
        _move(locked, RequestStatus.WITHDRAWN, by=CITIZEN, now=now)
    return locked


def held_about(request: DataRequest) -> QuerySet[Booking]:
    """The bookings of the asking person at the office of the request, newest first. Of the other
    people on them nothing may be shown."""
    mine = Party.objects.filter(id_index=bytes(request.id_index)).values("booking")
    rows = Booking.objects.filter(office=request.office_id, pk__in=mine)
    return rows.select_related("slot", "service", "case", "consent").order_by("-pk")


def unseal_number(request: DataRequest) -> str:
    """The full number of the person who asks; the caller logs the view."""
    return personal.unseal(request.id_sealed, context=f"{request.form_key}:0")


def contacts_of(request: DataRequest) -> list[Contact]:
    return [Contact(Channel.EMAIL, request.email)] if request.email else []


def purge(now: datetime) -> int:
    """Remove what names a person from requests closed for NAMES_DAYS, never from an open one.
    Returns how many. Safe to kill and to repeat."""
    limit = now - timedelta(days=settings.NAMES_DAYS)
    rows = DataRequest.objects.filter(closed_at__lt=limit, anonymised_at=None)
    rows = rows.exclude(status__in=REQUEST_OPEN)
    return sum(_forget(keys, rows, now) for keys in batches(rows))


def _forget(keys: tuple[Any, ...], rows: QuerySet[DataRequest], now: datetime) -> int:
    with transaction.atomic():
        held = list(lock_rows(rows.filter(pk__in=keys).order_by("pk")).values_list("pk", flat=True))
        DataRequestChange.objects.filter(request__in=held).update(reason="")
        notifications.forget(source=PURPOSE, case_ids=held)
        nobody = {name: value for name, value in retention.NOBODY.items() if name != "name_key"}
        words = {"phone": "", "email": "", "note": "", "answer": ""}
        DataRequest.objects.filter(pk__in=held).update(anonymised_at=now, **nobody, **words)
    return len(held)


def _erase(request: DataRequest, now: datetime) -> int:
    """Returns how many cases lost their names."""
    elsewhere = holders.erase(request, now)
    mine = held_about(request).filter(requested_at__isnull=False).select_related(None)
    keys = list(lock_rows(mine.order_by("pk")).values_list("pk", flat=True))
    bookings = Booking.objects.filter(pk__in=keys, anonymised_at=None)
    finished = retention.over(bookings, now=now)
    _check_all(
        bookings,
        finished,
        _("%(refs)s is not over yet. Cancel it with the person, or wait for the visit first."),
        code="open_case",
    )
    free = retention.not_asked_about(finished, but=request)
    _check_all(
        finished,
        free,
        _("Another person on %(refs)s has an open request about the data. Answer that one first."),
        code="other_request",
    )
    found = list(free.values_list("pk", flat=True))
    retention.forget(found, now=now)
    return elsewhere + len(found)


def _check_all(
    rows: QuerySet[Booking], good: QuerySet[Booking], sentence: str, *, code: str
) -> None:
    bad = rows.exclude(pk__in=good.values("pk")).values_list("reference", flat=True)
    if references := ", ".join(bad):
        raise Refused(sentence % {"refs": references}, code=code)


def _close(
    request: DataRequest, target: RequestStatus, words: str, *, by: User, now: datetime
) -> None:
    request.closed_at, request.closed_by, request.answer = now, by, words.strip()
    _move(request, target, by=Actor.staff(by), now=now, reason=request.answer)
    _tell(request, f"data_{target.value}", now=now)


def _move(
    request: DataRequest, target: RequestStatus, *, by: Actor, now: datetime, reason: str = ""
) -> None:
    REQUEST_WORKFLOW.check(request.status, target, by)
    source, request.status = request.status, target
    request.version += 1
    request.save()
    _record(request, source=source, by=by, now=now, reason=reason)


def _record(
    request: DataRequest, *, source: str, by: Actor, now: datetime, reason: str = ""
) -> None:
    change = DataRequestChange(
        request=request, from_status=source, to_status=request.status, at=now, reason=reason
    )
    change.set_actor(by)
    change.save()


def _tell(request: DataRequest, kind: str, *, now: datetime) -> None:
    news = News(
        event=f"{PURPOSE}:{request.pk}:{kind}",
        kind=kind,
        source=PURPOSE,
        case_id=request.pk,
        reference=request.reference,
        office_id=request.office_id,
        language=request.language,
        call_if_lost=kind in MUST_REACH,
    )
    notifications.queue(news, contacts=contacts_of(request), now=now)


def _locked(request: DataRequest) -> DataRequest:
    return lock_rows(DataRequest.objects.filter(pk=request.pk)).get()


def _check_may(request: DataRequest, permission: str, by: User) -> None:
    if not by.has_office_permission(f"bookings.{permission}", request.office_id):
        raise Refused(_("You may not do this at this office."), code="permission")


def _check_words(text: str) -> None:
    if not text.strip():
        raise Refused(_("Write the answer; the person will read it."), code="reason", field="text")


def _check_another(request: DataRequest, by: User) -> None:
    if request.identified_by_id == by.pk:
        raise Refused(
            _("Who checked the identity does not answer. Ask a colleague to look at it too."),
            code="own",
        )
