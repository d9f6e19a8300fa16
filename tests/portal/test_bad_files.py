"""Bad and odd files on the page of documents: refused with a sentence and
nothing kept, or made new with nothing of the original left but the picture."""

import re
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from bookings.models import Document
from tests.data import bad_uploads
from tests.data.bad_uploads import CLEANED, HOSTILE_FILE_NAMES, REFUSED, TOO_MANY_FILES, UPLOADS
from tests.portal.reading import Page

SERVER_MADE = re.compile(r"documents/\d{4}/\d{2}/[0-9a-f-]{36}\.(jpg|pdf)")


@pytest.mark.parametrize("case", UPLOADS, ids=[case.kind for case in UPLOADS])
def test_file(client, book, settings, case):
    booking = book(client)

    answer = _upload(client, booking, [(case.name, case.content())])

    assert answer.status_code in {REFUSED: [422], CLEANED: [303]}.get(case.outcome, [303, 422])
    kept = _kept(settings)
    assert len(kept) == Document.objects.count() == (answer.status_code == 303)
    if answer.status_code == 422:
        assert Page(answer).texts["error_documents"].strip()
    for path in kept:
        assert not [word for word in case.gone if word in path.read_bytes()]


@pytest.mark.parametrize("name", HOSTILE_FILE_NAMES, ids=lambda name: ascii(name)[:30])
def test_name_is_made_by_the_server(client, book, settings, name):
    booking = book(client)

    answer = _upload(client, booking, [(name, bad_uploads.picture())])

    assert answer.status_code == 303
    document = Document.objects.get()
    assert SERVER_MADE.fullmatch(document.file)
    assert [str(path.relative_to(settings.MEDIA_ROOT)) for path in _kept(settings)] == [
        document.file
    ]
    assert name not in client.get(answer["Location"]).content.decode()


@pytest.mark.parametrize("count", TOO_MANY_FILES)
def test_too_many_files(client, book, settings, count):
    booking = book(client)

    answer = _upload(client, booking, [(f"{n}.txt", b"x") for n in range(count)])

    assert answer.status_code in (400, 413, 422)
    assert not Document.objects.exists()
    assert not _kept(settings)


def test_more_than_six_are_refused(client, book, settings):
    booking = book(client)
    files = [(f"{n}.jpg", bad_uploads.picture()) for n in range(7)]

    answer = _upload(client, booking, files)

    assert answer.status_code == 422
    assert "error-summary" in answer.content.decode()
    assert Document.objects.count() == len(_kept(settings)) == 6


def test_files_of_another_booking_cannot_be_reached(client, book, settings):
    from django.test import Client

    mine = book(client)
    _upload(client, mine, [("a.jpg", bad_uploads.picture())])
    other = Client()
    theirs = book(other)
    document = Document.objects.get()

    other.post(f"/my/{theirs.reference}/documents/", {"remove": str(document.pk)})
    refused = other.post(f"/my/{mine.reference}/documents/", {"remove": str(document.pk)})

    assert refused.status_code == 404
    assert Document.objects.get() == document
    assert len(_kept(settings)) == 1


def _upload(client, booking, files):
    parts = [SimpleUploadedFile("x", content) for _, content in files]
    for part, (name, _) in zip(parts, files, strict=True):
        # As sent: SimpleUploadedFile would take the folders off.
        part._name = name
    return client.post(f"/my/{booking.reference}/documents/", {"documents": parts})


def _kept(settings):
    return [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]
