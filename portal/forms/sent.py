"""The booking form as it was sent, for checking without drawing it."""

from copy import deepcopy
from typing import NoReturn

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.forms.utils import ErrorList

from portal.forms.booking import BookingForm


class SentForm(BookingForm):
    """The checks of BookingForm at a fifth of its cost, most of which is made for showing a form.
    Its fields are those of all other requests, so it refuses to be drawn: drawing writes classes
    into them. What has to be shown again is a BookingForm of the same data."""

    def _all_fields(self) -> dict[str, forms.Field]:
        codes = tuple(self.cases) if self.service.parties == 1 else ()
        key = (self.service.parties, codes)
        if key not in _fields:
            self.fields = deepcopy(BookingForm.base_fields)
            _fields[key] = super()._all_fields()
        return _fields[key]

    def _clean_fields(self) -> None:
        for name, field in self.fields.items():
            try:
                self.cleaned_data[name] = field.clean(
                    field.widget.value_from_datadict(self.data, self.files, name)
                )
            except ValidationError as error:
                self.add_error(name, error)

    def add_error(self, field: str | None, error: ValidationError | str) -> None:  # type: ignore[override]
        """Only whether there are any is asked of this form."""
        name = field or NON_FIELD_ERRORS
        self.errors[name] = ErrorList([error])
        self.cleaned_data.pop(name, None)

    def __getitem__(self, name: str) -> NoReturn:
        raise TypeError("a sent form is not for drawing")


SentForm.base_fields = {}  # else every form makes copies of them
# By the number of people and the cases to choose from.
_fields: dict[tuple[int, tuple[str, ...]], dict[str, forms.Field]] = {}
