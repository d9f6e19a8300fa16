"""The public marks of a form field and the tags of the citizen pages."""

import re

from django import forms
from django.conf import settings
from django.template import engines
from django.utils.translation import override

from core.templatetags import ui


def draw(source, **context):
    return engines["django"].from_string(source).render(context)


class Person(forms.Form):
    full_name = forms.CharField(help_text="As on the card")
    email = forms.EmailField(required=False)
    passport_no = forms.CharField(required=False)
    passport_no.conditional = True
    consent = forms.BooleanField()


def field(name, data):
    html = draw("{% load crispy_forms_tags %}{{ field|as_crispy_field }}", field=Person(data)[name])
    return " ".join(html.split())


def test_a_refused_field_has_its_sentence_between_helper_and_input():
    html = field("full_name", {})
    marks = ['id="id_full_name_helptext"', 'id="error_full_name"', "<input"]
    assert sorted(marks, key=html.index) == marks
    assert 'aria-describedby="id_full_name_helptext error_full_name"' in html
    assert 'aria-invalid="true"' in html


def test_a_refused_checkbox_has_its_sentence_too():
    html = field("consent", {})
    assert html.index('id="error_consent"') < html.index("<input")
    assert 'aria-describedby="error_consent"' in html


def test_a_good_field_says_nothing_more():
    html = field("full_name", {"full_name": "Mali"})
    assert "error_" not in html
    assert 'aria-describedby="id_full_name_helptext"' in html


def test_optional_is_written_but_not_on_what_is_asked_of_some():
    with override("en"):
        assert "(optional)" in field("email", {})
        assert "(optional)" not in field("passport_no", {})
        assert "(optional)" not in field("full_name", {})


def test_the_summary_links_each_sentence_to_its_field():
    with override("en"):
        html = draw('{% include "components/error_summary.html" %}', form=Person({}))
    assert "Not sent yet: 2 things to fix" in html
    assert re.findall(r'href="#(\w+)"', html) == ["id_full_name", "id_consent"]
    assert 'role="alert"' in html


def test_a_time_button_keeps_the_public_contract():
    html = draw(
        '{% include "components/time_button.html" with state="free" slot_id=7 '
        'starts="2026-11-27T09:01:00+07:00" free=2 range="09.01–09.30" word="2 free" %}'
    )
    assert (
        '<button name="slot" value="7" data-starts="2026-11-27T09:01:00+07:00" data-free="2"'
        in html
    )


def test_every_status_colour_and_icon_is_drawn():
    sprite = draw("{% load ui %}{% icon 'clock' %}")
    assert 'aria-hidden="true"' in sprite
    assert "icons.svg#clock" in sprite
    source = (settings.BASE_DIR / "static/icons.svg").read_text()
    drawn = set(re.findall(r'<symbol id="([^"]+)"', source))
    assert {icon for _, icon in ui.STATUS_LOOKS.values()} <= drawn


def test_words_are_escaped_and_references_spelled():
    assert ui.nowrap("<b>") == '<span class="nowrap">&lt;b&gt;</span>'
    assert ui.spell("BR-7K4M-29") == "B R, 7 K 4 M, 2 9"


def test_an_address_breaks_at_its_spaces_only():
    shown = ui.whole_words("ถนนนเรศ <เขตบางรัก>")

    assert shown == (
        '<span class="nowrap">ถนนนเรศ</span> <span class="nowrap">&lt;เขตบางรัก&gt;</span>'
    )
