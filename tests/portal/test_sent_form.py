"""The form that only checks finds what the form that is shown finds."""

import pytest
from django.http import QueryDict
from django.utils import translation

from bookings.models import Booking
from offices.models import OfferedService, Service, ServiceCase
from portal.forms import BookingForm, SentForm
from tests.data.bad_input import FIELDS
from tests.live import world

CHANGES = [
    {},
    {"partner_nationality": "JP", "partner_passport_no": "TX0000000", "partner_national_id": "1"},
    {"national_id": ""},
    {"nationality": "", "national_id": "x"},
    {"phone": "", "email": ""},
    {"phone": "12", "email": ""},
    {"consent": ""},
    {"consent": "false"},
    *({case.field: case.value} for case in FIELDS if case.field != "date"),
]


def booking(parties):
    service = Service(pk=1, code="marriage", parties=parties)
    return Booking(service=service, offered=OfferedService(pk=1, service=service))


def cases_of(parties):
    codes = ["th-th", "th-foreign"] if parties == 2 else ["first", "lost"]
    return [ServiceCase(pk=no, code=code, name_th=code) for no, code in enumerate(codes, 1)]


def sent_and_shown(changes, *, parties):
    posted = QueryDict(mutable=True)
    posted.update(world.couple(**changes))
    return [
        form(posted, booking=booking(parties), cases=cases_of(parties))
        for form in (SentForm, BookingForm)
    ]


@pytest.mark.parametrize("language", ["th", "en"])
@pytest.mark.parametrize("parties", [1, 2])
def test_both_find_the_same(parties, language):
    with translation.override(language):
        for changes in [*CHANGES, {"case": "lost"}, {"case": "nothing"}]:
            sent, shown = sent_and_shown(changes, parties=parties)

            assert sent.errors.keys() == shown.errors.keys(), changes
            assert sent.cleaned_data == shown.cleaned_data, changes
            if sent.is_valid():
                assert sent.details() == shown.details(), changes


def test_a_sent_form_is_not_drawn():
    sent, _shown = sent_and_shown({}, parties=2)

    with pytest.raises(TypeError, match="not for drawing"):
        sent["phone"]


def test_the_cases_of_one_service_are_not_those_of_another():
    posted = QueryDict("case=other")
    other = [ServiceCase(pk=3, code="other"), ServiceCase(pk=4, code="more")]
    SentForm(posted, booking=booking(1), cases=cases_of(1)).is_valid()

    assert "case" not in SentForm(posted, booking=booking(1), cases=other).errors


def test_a_form_is_shown_without_the_marks_of_another(client, keep):
    held = keep(client)
    path = f"/bookings/hold/{held.form_key}/"
    refused = client.post(path, {"form_key": held.form_key, **world.couple(full_name="")})

    clean = client.get(path)

    assert b"is-invalid" in refused.content or b"error_full_name" in refused.content
    assert b"error_full_name" not in clean.content
    assert b"is-invalid" not in clean.content
