"""The key of a form, by which a second press is known."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar
from uuid import uuid4

from django import forms
from django.utils.translation import gettext as _

AnyForm = TypeVar("AnyForm", bound=forms.Form)


def renewed(form: AnyForm, make: Callable[[Mapping[str, Any]], AnyForm]) -> AnyForm:
    """A refused form as it is shown again: one whose key was spoilt gets a new one, made by `make`
    of all else that was typed."""
    if "form_key" not in form.errors:
        return form
    again = make({**dict(form.data.items()), "form_key": str(uuid4())})
    if again.is_valid():
        notice = _("This form was out of date. Here is a new one; look at it and send it again")
        again.add_error(None, notice)
    return again
