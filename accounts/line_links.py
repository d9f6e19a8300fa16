"""Linking a LINE account to a person, once: our page takes name, number and telephone and hands a
nonce to LINE; LINE's `accountLink` event brings it back with the user (facts of LINE's account
link). Nobody but LINE can bind, and a nonce binds once."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import personal, services
from accounts.links import BadLink, make_token, read_token
from accounts.models import Consent, LineAccount, LineAccountQuerySet
from core.db import lock_rows
from core.errors import Refused
from core.retention import batches

# LINE's own token lives ten minutes; who is slow at its dialog is not turned away by us.
NONCE_LIFE = timedelta(minutes=15)
PURPOSE = "line"
PAGE = "line_account"
# How long the page about a link can be opened from the chat.
PAGE_LIFE = timedelta(days=1)


@dataclass(frozen=True)
class Holder:
    """The checked form: the name, the 13 digits and the telephone (E.164) of the holder."""

    full_name: str
    national_id: str
    phone: str


def begin(*, holder: Holder, text_version: str, language: str, now: datetime) -> str:
    """Note who wants to link, and the consent; returns the nonce for LINE (256 bits)."""
    nonce = secrets.token_urlsafe(32)
    promise = LineAccount(
        nonce_index=_index(nonce),
        nonce_until=now + NONCE_LIFE,
        full_name=holder.full_name,
        id_index=personal.blind_index("national_id", holder.national_id),
        id_tail=holder.national_id[-4:],
        phone=holder.phone,
    )
    promise.id_sealed = personal.seal(holder.national_id, context=_context(promise))
    with transaction.atomic():
        promise.consent = services.record_consent(
            purpose=PURPOSE,
            text_version=text_version,
            language=language,
            channel=Consent.Channel.LINE,
            now=now,
        )
        promise.save()
    return nonce


def bind(*, nonce: str, user_id: str, now: datetime) -> LineAccount:
    """LINE says that the user came with this nonce. An older link of the user ends. The same event
    again changes nothing. Raises Refused("nonce") for one that is unknown, over or another's."""
    with transaction.atomic():
        rows = lock_rows(LineAccount.objects.filter(nonce_index=_index(nonce)))
        promise = rows.first()
        if promise is not None and promise.linked_at and promise.user_id == user_id:
            return promise
        if promise is None or promise.linked_at or promise.nonce_until < now:
            raise Refused(_("This link is over. Ask for a new one in the chat."), code="nonce")
        _end(LineAccount.objects.open().filter(user_id=user_id), now)
        promise.user_id, promise.linked_at = user_id, now
        promise.save(update_fields=["user_id", "linked_at"])
    return promise


def unlink(*, user_id: str, now: datetime) -> bool:
    """Take the link back and forget the person; whether there was one. Open cases stay as they
    are and are told by their other contacts."""
    with transaction.atomic():
        return bool(_end(LineAccount.objects.open().filter(user_id=user_id), now))


def set_blocked(*, user_id: str, since: datetime | None) -> None:
    """The user blocked our account at that time, or reads us again."""
    LineAccount.objects.open().filter(user_id=user_id).update(blocked_at=since)


def unseal_number(account: LineAccount) -> str:
    """The full national ID, for a request that the holder sends."""
    return personal.unseal(account.id_sealed, context=_context(account))


def page_link(account: LineAccount, *, now: datetime) -> str:
    """The signed address of the page about a link, for the chat of its user."""
    token = make_token(purpose=PAGE, row_id=account.pk, version=1, expires_at=now + PAGE_LIFE)
    return f"{settings.SITE_URL}/line/account/{token}/"


def read_page_link(token: str, *, now: datetime) -> LineAccount:
    """Raises accounts.links.BadLink for every reason the same."""
    claims = read_token(token, purpose=PAGE, now=now)
    found = LineAccount.objects.filter(pk=claims.row_id, linked_at__isnull=False).first()
    if found is None:
        raise BadLink
    return found


def purge(now: datetime) -> int:
    """Remove promises that nobody kept, and traces of links that are long over."""
    old = LineAccount.objects.filter(
        linked_at__isnull=True, nonce_until__lt=now - timedelta(days=1)
    ) | LineAccount.objects.filter(unlinked_at__lt=now - timedelta(days=settings.NAMES_DAYS))
    return sum(_remove(keys) for keys in batches(old))


def _remove(keys: tuple[int, ...]) -> int:
    with transaction.atomic():
        rows = LineAccount.objects.filter(pk__in=keys)
        consents = list(rows.values_list("consent_id", flat=True))
        removed = rows.delete()[0]
        Consent.objects.filter(pk__in=consents).delete()
    return removed


def _end(links: LineAccountQuerySet, now: datetime) -> int:
    ended = list(lock_rows(links))
    Consent.objects.filter(pk__in=[link.consent_id for link in ended]).update(withdrawn_at=now)
    return LineAccount.objects.filter(pk__in=[link.pk for link in ended]).update(
        unlinked_at=now, full_name="", id_sealed=b"", id_index=b"", id_tail="", phone=""
    )


def _index(nonce: str) -> bytes:
    return personal.blind_index("line_nonce", nonce)


def _context(account: LineAccount) -> str:
    return f"line:{account.key}"
