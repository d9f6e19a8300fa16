"""Taking and removing pictures of documents. The picture is made new in another process before
any transaction; what was sent is thrown away."""

import json
import os
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.core.files import File
from django.db import transaction
from django.utils.translation import gettext as _

from bookings.models import Booking, Document
from bookings.services.moves import locked_booking
from core import thai_dates
from core.errors import Refused

SECONDS = 60
MEGABYTE = 1_000_000


def add_document(*, booking: Booking, upload: "File[bytes]", now: datetime) -> Document:
    """Make the picture or PDF new and keep it for the first check; the name and type that came
    with it are never believed.

    Raises Refused("too_big" | "type" | "broken" | "pages" | "too_many" | "decided"); nothing is
    kept then. Takes about half a second; never inside a transaction. Locks the booking."""
    size = upload.size or 0
    if size > settings.DOCUMENT_MAX_MB * MEGABYTE:
        raise Refused(
            _("%(n)s MB; the limit is %(limit)s. Retake, or page by page")
            % {"n": round(size / MEGABYTE, 1), "limit": settings.DOCUMENT_MAX_MB},
            code="too_big",
        )
    _check_room(booking)
    root = Path(settings.MEDIA_ROOT)
    day = thai_dates.local_date(now)
    folder = Path("documents", f"{day:%Y}", f"{day:%m}")
    (root / folder).mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=root / "documents") as work:
        made, found = _make_new(upload, Path(work))
        name = str(folder / f"{uuid4()}.{found['kind']}")
        _put(made, root / name)
    try:
        return _store(booking, name, found, now)
    except Refused:
        (root / name).unlink()
        raise


def remove_document(*, booking: Booking, document_id: UUID) -> None:
    """Remove a picture and its file; one that is gone already is no matter.

    Raises Refused("decided"). Locks the booking."""
    with transaction.atomic():
        locked = locked_booking(booking.pk)
        _check_undecided(locked)
        document = Document.objects.filter(booking=locked, pk=document_id).first()
        if document:
            file = Path(settings.MEDIA_ROOT, document.file)
            document.delete()
            transaction.on_commit(lambda: file.unlink(missing_ok=True))


def _store(booking: Booking, name: str, found: dict[str, Any], now: datetime) -> Document:
    with transaction.atomic():
        locked = locked_booking(booking.pk)
        _check_room(locked)
        return Document.objects.create(
            booking=locked,
            file=name,
            kind=found["kind"],
            pages=found["pages"],
            hint=found["hint"],
            size=Path(settings.MEDIA_ROOT, name).stat().st_size,
            sent_at=now,
        )


def _make_new(upload: "File[bytes]", work: Path) -> tuple[Path, dict[str, Any]]:
    source, target = work / "sent", work / "new"
    with source.open("wb") as file:
        for chunk in upload.chunks():
            file.write(chunk)
    try:
        done = subprocess.run(  # noqa: S603 -- our own program, our own file names
            [sys.executable, "-m", "bookings.reencode", str(source), str(target)],
            cwd=settings.BASE_DIR,
            env={"LANG": "C.UTF-8"},  # no key of ours where foreign bytes are read
            capture_output=True,
            timeout=SECONDS,
            check=True,
        )
        found: dict[str, Any] = json.loads(done.stdout)
    except (subprocess.SubprocessError, ValueError):
        found = {"error": "broken"}  # killed for its memory or time
    if "error" in found:
        raise _unreadable(found["error"])
    return target, found


def _put(made: Path, final: Path) -> None:
    """Durable before the row names it: the bytes, then the name."""
    with made.open("rb") as file:
        os.fsync(file.fileno())
    made.chmod(settings.FILE_UPLOAD_PERMISSIONS)
    made.rename(final)
    folder = os.open(final.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _check_room(booking: Booking) -> None:
    _check_undecided(booking)
    if booking.documents.count() >= settings.DOCUMENTS_PER_BOOKING:
        raise Refused(
            _("%(n)s files in all; remove some first") % {"n": settings.DOCUMENTS_PER_BOOKING},
            code="too_many",
        )


def _check_undecided(booking: Booking) -> None:
    if not booking.takes_documents:
        raise Refused(_("It is decided already; no more documents are needed."), code="decided")


def _unreadable(code: str) -> Refused:
    sentences = {
        "type": _("Use JPG, PNG, HEIC or PDF"),
        "broken": _("Damaged or locked; take a photo instead"),
        "pages": _("A PDF can have 10 pages; send only those that are needed"),
    }
    return Refused(sentences[code], code=code)
