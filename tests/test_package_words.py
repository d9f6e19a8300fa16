"""Officers read Thai where the packages' own catalogues have none."""

import re
from pathlib import Path

import django
import polib
import pytest
from django.conf import settings
from django.utils.translation import gettext, ngettext, override, pgettext

OURS = settings.BASE_DIR / "locale/packages/th/LC_MESSAGES/django.po"
DJANGO = Path(django.__file__).parent
DJANGO_PARTS = ["conf"] + [
    f"contrib/{app}" for app in ["admin", "auth", "contenttypes", "humanize", "sessions"]
]
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[sd]|\{\w*\}")


def keys(entries):
    return {(entry.msgctxt, entry.msgid, entry.msgid_plural) for entry in entries}


@pytest.mark.parametrize("part", DJANGO_PARTS)
def test_every_word_of_django_has_thai(part):
    folder = DJANGO / part / "locale"
    english = polib.pofile(str(folder / "en/LC_MESSAGES/django.po"))
    thai = polib.pofile(str(folder / "th/LC_MESSAGES/django.po"))
    ours = polib.pofile(str(OURS))

    missing = keys(english) - keys(thai.translated_entries()) - keys(ours.translated_entries())
    assert not missing


@pytest.mark.parametrize(
    ("english", "thai"),
    [
        ("Select %s to change", "เลือก%sที่ต้องการแก้ไข"),
        ("The {name} “{obj}” was changed successfully.", "แก้ไข{name} “{obj}” เรียบร้อยแล้ว"),
        ("You don’t have permission to view or edit anything.", "คุณไม่มีสิทธิ์ดูหรือแก้ไขข้อมูลในส่วนนี้"),
        ("The two password fields didn’t match.", "รหัสผ่านทั้งสองช่องไม่ตรงกัน"),
        ("This field is required.", "กรุณากรอกช่องนี้"),
        ("Change history: %s", "ลำดับเหตุการณ์: %s"),
        ("Changed by", "ผู้แก้ไข"),
        ("Export", "ส่งออก"),
        ("Export selected %(verbose_name_plural)s", "ส่งออก%(verbose_name_plural)sที่เลือก"),
        ("access attempts", "การพยายามเข้าสู่ระบบ"),
        ("IP Address", "หมายเลขไอพี"),
        ("Enter a valid phone number.", "กรุณาใส่เบอร์โทรศัพท์ที่ถูกต้อง"),
    ],
)
def test_words_of_packages_are_thai(english, thai):
    with override("th"):
        assert gettext(english) == thai


def test_words_with_a_plural_or_a_context_are_thai():
    with override("th"):
        assert ngettext("entry", "entries", 2) == "รายการ"
        assert ngettext("%(num)d day", "%(num)d days", 3) % {"num": 3} == "3 วัน"
        assert pgettext("ordinal 2", "{}nd").format(2) == "ที่ 2"


def test_placeholders_survive_the_translation():
    for entry in polib.pofile(str(OURS)):
        thai = entry.msgstr or entry.msgstr_plural[0]
        assert set(PLACEHOLDER.findall(entry.msgid)) == set(PLACEHOLDER.findall(thai)), entry.msgid


def test_the_compiled_catalogue_is_the_written_one():
    def meanings(catalogue):
        return {(e.msgctxt, e.msgid): (e.msgstr, e.msgstr_plural) for e in catalogue}

    compiled = polib.mofile(str(OURS.with_suffix(".mo")))
    assert meanings(compiled) == meanings(polib.pofile(str(OURS)))
