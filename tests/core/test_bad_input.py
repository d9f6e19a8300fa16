"""The list of bad input against the fields; the pages are tested with it elsewhere."""

import io
import warnings

import pytest
from django.core.exceptions import ValidationError
from PIL import Image

from core import forms as fields
from tests.data import bad_uploads
from tests.data.bad_input import ACCEPTED, FIELDS

BY_NAME = {
    "national_id": fields.NationalIdField(),
    "full_name": fields.NameField(),
    "note": fields.CleanTextField(required=False, max_length=500),
    "date": fields.BuddhistDateField(),
    "phone": fields.PhoneField(),
    "email": fields.ContactEmailField(),
    "passport_no": fields.PassportField(),
    "nationality": fields.NationalityField(),
}


def case_id(typed):
    return f"{typed.field}-{typed.kind}"


@pytest.mark.parametrize("typed", [t for t in FIELDS if t.outcome == ACCEPTED], ids=case_id)
def test_field_accepts(typed):
    assert str(BY_NAME[typed.field].clean(typed.value)) == typed.stored


@pytest.mark.parametrize("typed", [t for t in FIELDS if t.outcome != ACCEPTED], ids=case_id)
def test_field_refuses_without_repeating_what_was_typed(typed):
    with pytest.raises(ValidationError) as refused:
        BY_NAME[typed.field].clean(typed.value)

    if len(typed.value) > 4:
        assert typed.value not in " ".join(refused.value.messages)


def test_every_kind_of_input_has_one_name():
    names = [case_id(typed) for typed in FIELDS]

    assert len(names) == len(set(names))


def test_uploads_are_what_they_say():
    contents = {upload.kind: upload.content() for upload in bad_uploads.UPLOADS}

    assert len(contents) == len(bad_uploads.UPLOADS)
    for upload in bad_uploads.UPLOADS:
        assert all(part in contents[upload.kind] for part in upload.gone)
    assert len(contents["144 megapixels"]) < 30_000
    with warnings.catch_warnings(action="ignore"):
        assert Image.open(io.BytesIO(contents["144 megapixels"])).size == (12_000, 12_000)
    sideways = Image.open(io.BytesIO(contents["place, orientation, comment"]))
    assert sideways.size == (64, 48)
    assert sideways.getexif()[0x0112] == 6
    assert sideways.getexif().get_ifd(0x8825)[1] == "N"
    assert len(contents["11 MB"]) > 10 * 1024 * 1024
