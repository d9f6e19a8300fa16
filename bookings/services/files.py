"""Files of documents that no row names: what a killed upload left behind (invariant I7)."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.conf import settings

from bookings.models import Document

FOLDER = "documents"
# An upload is a file before it is a row.
UPLOAD_TIME = timedelta(hours=1)
# Killed uploads leave a few. Many strays mean that the database is another, or an older one.
MOST_AT_ONCE = 50


class TooManyStrays(Exception):
    """So many files without a row that removing them could destroy somebody's documents."""


def kept_files() -> dict[str, Path]:
    """All files of documents by the name a row would give them."""
    root = Path(settings.MEDIA_ROOT)
    files = (root / FOLDER).rglob("*")
    return {str(path.relative_to(root)): path for path in files if path.is_file()}


def stray_files(*, now: datetime) -> dict[str, Path]:
    """Those older than an hour that no document names. One query."""
    files = kept_files()
    named = set(Document.objects.values_list("file", flat=True))
    return {
        name: path
        for name, path in sorted(files.items())
        if name not in named
        and now - datetime.fromtimestamp(path.stat().st_mtime, UTC) > UPLOAD_TIME
    }


def remove_stray_files(*, now: datetime) -> int:
    """Remove them; returns how many. Safe to kill and to repeat.

    Raises TooManyStrays, and removes nothing, when there are more than MOST_AT_ONCE."""
    stray = stray_files(now=now)
    if len(stray) > MOST_AT_ONCE:
        raise TooManyStrays(f"{len(stray)} files without a row: is this the right database?")
    for path in stray.values():
        path.unlink(missing_ok=True)
    return len(stray)
