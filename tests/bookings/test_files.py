"""A killed upload leaves a file that a sweep removes (fault F12, invariant I7)."""

import os
from pathlib import Path

import pytest
from django.core.management import call_command
from django.utils import timezone

from bookings import services
from bookings.models import Document
from bookings.services.files import TooManyStrays
from tests.factories import booking_at

pytestmark = pytest.mark.django_db


@pytest.fixture
def put(settings):
    """`put(name, minutes)`: a file of that age."""

    def make(name, minutes):
        path = Path(settings.MEDIA_ROOT, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"picture")
        then = timezone.now().timestamp() - minutes * 60
        os.utime(path, (then, then))
        return path

    return make


def test_only_old_files_without_a_row_are_removed(put, broken_on_purpose):
    stray = put("documents/2026/11/stray.jpg", 120)
    young = put("documents/2026/11/young.jpg", 10)
    named = put("documents/2026/11/named.jpg", 120)
    Document.objects.create(
        booking=booking_at(),
        file="documents/2026/11/named.jpg",
        kind="jpg",
        size=7,
        sent_at=timezone.now(),
    )

    assert services.remove_stray_files(now=timezone.now()) == 1

    assert [path.exists() for path in (stray, young, named)] == [False, True, True]


def test_many_strays_are_left_for_a_person_to_look_at(put, broken_on_purpose):
    files = [put(f"documents/{n}.jpg", 120) for n in range(51)]

    with pytest.raises(TooManyStrays):
        services.remove_stray_files(now=timezone.now())

    assert all(path.exists() for path in files)


def test_command_says_how_many(put, capsys):
    put("documents/stray.jpg", 120)

    call_command("purge_expired")

    assert "stray files: 1 removed" in capsys.readouterr().out.splitlines()
