"""Tags of the back-office: masking, countries, a look into a dictionary."""

from collections.abc import Mapping
from typing import Any

from django import template

from core.countries import country_choices

register = template.Library()


@register.filter
def get(values: Mapping | str | None, key: object) -> Any:
    """`values[key]`, nothing where either is missing."""
    return values.get(key) if isinstance(values, Mapping) else None


@register.filter
def country(code: str) -> str:
    """The name of a country in the active language."""
    return dict(country_choices()).get(code, code)


@register.filter
def mask_phone(number: str) -> str:
    """`080-xxx-0417` of +66800000417; the last four digits of any other."""
    if not number:
        return "–"
    if number.startswith("+66") and len(number) >= 11:
        return f"0{number[3:5]}-xxx-{number[-4:]}"
    return f"xxx-xxx-{number[-4:]}"


@register.filter
def mask_email(address: str) -> str:
    """`m…@example.com`."""
    name, _at, domain = address.partition("@")
    return f"{name[:1]}…@{domain}" if domain else "–"
