"""Tags of the citizen pages: icons, unbroken words, references read aloud, the other language."""

from django import template
from django.conf import settings
from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import translate_url
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language

register = template.Library()

# Soft ground and icon of each status; the word comes from the model.
STATUS_LOOKS: dict[str, tuple[str, str]] = {
    "held": ("blue", "hourglass-split"),
    "requested": ("blue", "send"),
    "submitted": ("blue", "send"),
    "checking": ("blue", "search"),
    "needs_documents": ("amber", "file-earmark-plus"),
    "confirmed": ("green", "check-circle-fill"),
    "approved": ("green", "check-circle-fill"),
    "ready": ("green", "box-seam"),
    "arrived": ("green", "geo-alt-fill"),
    "serving": ("green", "play-fill"),
    "served": ("grey", "check2-all"),
    "collected": ("grey", "bag-check"),
    "answered": ("green", "chat-dots"),
    "not_served": ("red", "x-octagon-fill"),
    "rejected": ("red", "x-octagon-fill"),
    "no_show": ("grey", "person-x"),
    "cancelled": ("grey", "slash-circle"),
    "expired": ("grey", "clock-history"),
    "waiting": ("blue", "clock"),
}


@register.simple_tag
def icon(name: str, css_class: str = "") -> SafeString:
    """One drawing of `static/icons.svg`; hidden from screen readers, so a word stands beside it."""
    return format_html(
        '<svg class="{}" aria-hidden="true" focusable="false"><use href="{}#{}"/></svg>',
        f"icon {css_class}".rstrip(),
        static("icons.svg"),
        name,
    )


@register.filter
def nowrap(text: object) -> SafeString:
    """Keep a date, a time range or an office name on one line (not inside a flex row)."""
    return format_html('<span class="nowrap">{}</span>', text)


@register.filter
def whole_words(text: str) -> SafeString:
    """Break an address at its spaces only, so that `เขตบางรัก` stays whole."""
    parts = ((part,) for part in text.split())
    return format_html_join(" ", '<span class="nowrap">{}</span>', parts)


@register.filter
def spell(reference: str) -> str:
    """A reference letter by letter, for `aria-label`: "BR-7K4M-29" is read "B R, 7 K 4 M, 2 9"."""
    return ", ".join(" ".join(part) for part in reference.split("-"))


@register.filter
def status_colour(code: str) -> str:
    """Colour word of the tag of a status code; grey for one that is not known here."""
    return STATUS_LOOKS.get(code, ("grey", "dot"))[0]


@register.filter
def status_icon(code: str) -> str:
    """Icon name of a status code."""
    return STATUS_LOOKS.get(code, ("grey", "dot"))[1]


@register.simple_tag(takes_context=True)
def other_language(context: template.Context) -> dict[str, str]:
    """`code`, `name` and `url` of this page in the other language (English is under /en/)."""
    code, name = ("en", "English") if get_language() == "th" else ("th", "ไทย")
    request: HttpRequest | None = context.get("request")
    path = request.get_full_path() if request else "/"
    return {"code": code, "name": name, "url": translate_url(path, code)}


@register.simple_tag
def call_centre() -> str:
    """Telephone of the call centre; a tag, because error pages are drawn without a context."""
    return str(getattr(settings, "CALL_CENTRE", ""))


@register.simple_tag
def sends_sms() -> bool:
    """Whether this installation reaches a telephone by SMS."""
    return bool(settings.SMS_GATEWAY_URL)
