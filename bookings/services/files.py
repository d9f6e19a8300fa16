"""Files of documents that no row names: what a killed upload left behind (reliability I7)."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.conf import settings

from bookings.models import Document

# An upload is a file before it is a row.
UPLOAD_TIME = timedelta(hours=1)


def kept_files() -> dict[str, Path]:
    """All files under MEDIA_ROOT by the name a row would give them."""
    root = Path(settings.MEDIA_ROOT)
    return {str(path.relative_to(root)): path for path in root.rglob("*") if path.is_file()}


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
    """Remove them; returns how many. Safe to kill and to repeat."""
    stray = stray_files(now=now)
    for path in stray.values():
        path.unlink(missing_ok=True)
    return len(stray)
