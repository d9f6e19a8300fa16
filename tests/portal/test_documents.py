from io import BytesIO
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from bookings.models import Booking, Document
from bookings.workflow import Status
from portal.views import documents
from tests.data.bad_uploads import picture


@pytest.fixture
def booking(client, book):
    return book(client)


@pytest.fixture
def path(booking):
    return f"/my/{booking.reference}/documents/"


@pytest.fixture
def stored(settings):
    def files():
        return [file for file in Path(settings.MEDIA_ROOT).rglob("*") if file.is_file()]

    return files


def upload(client, path, *contents, name="a.jpg"):
    files = [SimpleUploadedFile(name, content) for content in contents]
    return client.post(path, {"documents": files})


def test_picture_is_made_new(client, path, stored):
    exif = Image.Exif()
    exif[0x0112], exif[0x010E] = 6, "SECRET"
    sent = picture(size=(3000, 1000), exif=exif, comment=b"SECRET") + b"<script>tail</script>"

    answer = upload(client, path, sent, name="../../x.php")

    assert (answer.status_code, answer["Location"]) == (303, path)
    (file,) = stored()
    assert file.suffix == ".jpg"
    assert b"SECRET" not in file.read_bytes()
    assert b"script" not in file.read_bytes()
    with Image.open(file) as made:
        assert made.size == (833, 2500)
        assert not made.getexif()


def test_heic_of_a_telephone_becomes_a_jpeg(client, path, stored):
    """card.heic: 96 x 64 of invented colours, with a note in its EXIF (written by pillow-heif)."""
    sent = Path(__file__).parent.parent.joinpath("data", "card.heic").read_bytes()
    assert b"SECRET-PLACE" in sent

    upload(client, path, sent, name="card.heic")

    (file,) = stored()
    assert b"SECRET-PLACE" not in file.read_bytes()
    with Image.open(file) as made:
        assert (made.format, sorted(made.size)) == ("JPEG", [64, 96])
        assert not made.getexif()


def test_heic_that_was_cut_off_is_refused(client, path, stored):
    sent = Path(__file__).parent.parent.joinpath("data", "card.heic").read_bytes()

    answer = upload(client, path, sent[:400], name="card.heic")

    assert answer.status_code == 422
    assert not stored()


def test_pdf_becomes_pictures(client, path, stored):
    sent = BytesIO()
    page = Image.new("RGB", (600, 800), "white")
    page.save(sent, "PDF", save_all=True, append_images=[page], title="SECRET")

    upload(client, path, sent.getvalue(), name="a.pdf")

    document = Document.objects.get()
    (file,) = stored()
    assert (document.kind, document.pages) == ("pdf", 2)
    assert b"SECRET" not in file.read_bytes()


@pytest.mark.parametrize("content", [b"", b"x" * 200, picture()[:-300], b"%PDF-1.7 nothing"])
def test_unreadable_file(client, path, stored, content):
    answer = upload(client, path, content)

    assert answer.status_code == 422
    assert b'id="error_documents"' in answer.content
    assert not Document.objects.exists()
    assert not stored()


def test_good_file_beside_a_bad_one_is_kept(client, path):
    answer = upload(client, path, picture(), b"bad")

    assert answer.status_code == 422
    assert Document.objects.count() == 1


def test_seventh_file(client, path):
    upload(client, path, *(picture() for _ in range(7)))

    assert Document.objects.count() == 6


def test_no_file(client, path):
    assert client.post(path, {}).status_code == 422


def test_remove(client, path, stored, django_capture_on_commit_callbacks):
    upload(client, path, picture())
    document = Document.objects.get()

    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post(path, {"remove": str(document.pk)})

    assert answer.status_code == 303
    assert not Document.objects.exists()
    assert not stored()


@pytest.mark.parametrize("typed", ["x", "", "00000000-0000-0000-0000-000000000000"])
def test_remove_nothing(client, path, typed):
    upload(client, path, picture())

    assert client.post(path, {"remove": typed}).status_code == 303
    assert Document.objects.count() == 1


def test_nothing_is_taken_after_the_decision(client, booking, path, stored):
    Booking.objects.update(status=Status.CONFIRMED)

    answer = upload(client, path, picture())

    assert answer.status_code == 422
    assert not stored()


def test_all_sent(client, booking, path):
    Booking.objects.update(status=Status.NEEDS_DOCUMENTS, asked_at=timezone.now())

    answer = client.post(path, {"complete": "1"})

    booking.refresh_from_db()
    assert (answer.status_code, answer["Location"]) == (303, f"/my/{booking.reference}/")
    assert booking.status == Status.REQUESTED


def test_all_sent_without_being_asked(client, booking, path):
    assert client.post(path, {"complete": "1"}).status_code == 422


def test_too_many_tries_are_not_read(client, path, stored, monkeypatch):
    monkeypatch.setattr(documents, "TRIES", 1)

    upload(client, path, b"not a picture")
    answer = upload(client, path, picture())

    assert answer.status_code == 422
    assert stored() == []
