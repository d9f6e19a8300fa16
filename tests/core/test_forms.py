import datetime as dt

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from core import forms as fields
from core.countries import country_choices

ANY_TEXT = st.text(alphabet=st.characters(categories=None))


def code_of(field, typed):
    with pytest.raises(ValidationError) as refused:
        field.clean(typed)
    [error] = refused.value.error_list
    assert not str(typed or "").strip() or str(typed) not in str(error.message)
    return error.code


@pytest.mark.parametrize("typed", ["", None, "   ", "\u200b", "\u3164", "\n"])
@pytest.mark.parametrize(
    "field_class",
    [
        fields.CleanCharField,
        fields.CleanTextField,
        fields.NameField,
        fields.NationalIdField,
        fields.PassportField,
        fields.PhoneField,
        fields.ContactEmailField,
        fields.BuddhistDateField,
    ],
)
def test_nothing_to_see_is_missing(field_class, typed):
    assert code_of(field_class(), typed) == "required"
    assert not field_class(required=False).clean(typed)


def test_text_of_several_lines():
    field = fields.CleanTextField(max_length=20)

    assert field.clean(" รถเข็น\r\n1 คัน ") == "รถเข็น\n1 คัน"
    assert field.clean("<script>x</script>") == "<script>x</script>"
    assert code_of(field, "ก" * 21) == "max_length"
    assert code_of(field, "a\x00b") == "bad_text"


@pytest.mark.parametrize(
    "name",
    [
        "มะลิ ใจดี",
        "น้ำฝน",
        "สมชาย ณ บางช้าง",
        "ก",
        "Ω",
        "-",
        "Madonna",
        "O'Neil",
        "O’Neil",
        "Jean-Luc",
        "Martin L. King Jr.",
        "José",
        "محمد علي",
        "שרה כ״ץ",
        "王小明",
        "金",
        "Nguyễn",
        "Joan Brossa i Col·l",
        "می\u200cناز",
        "ฯ",
        "x" * 150,
    ],
)
def test_name_in_any_script(name):
    assert fields.NameField().clean(name) == name


@pytest.mark.parametrize(
    "name",
    [
        "มะลิ1",
        "มะลิ๑",
        "<script>",
        "=1+1",
        "+1",
        "-1",
        "@SUM",
        "＝1+1",
        "a\nBcc: b",
        "💍",
        "a_b",
        "abc\u202egpj.exe",
        "a\x00b",
        "\ud800",
        "---",
        "...",
        "'",
        "a;b",
        "a,b",
        "a/b",
        'a"b',
        "Ⅳ",
    ],
)
def test_name_with_digits_or_signs(name):
    assert code_of(fields.NameField(), name) == "bad_text"


def test_name_too_long():
    assert code_of(fields.NameField(), "ก" * 151) == "max_length"
    with translation.override("en"), pytest.raises(ValidationError) as refused:
        fields.NameField().clean("x" * 151)
    with translation.override("en"):
        assert refused.value.messages == ["Longer than 150 characters; shorten a middle name"]


@pytest.mark.parametrize(
    "typed",
    [
        "1101700230708",
        "1-1017-00230-70-8",
        "1 1017 00230 70 8",
        "๑๑๐๑๗๐๐๒๓๐๗๐๘",
        "1101700230708\n",
        "１１０１７００２３０７０８",
        "11017\u200b00230708",
        "1–1017–00230–70–8",
        "11017\u200d00230708",
    ],
)
def test_national_id(typed):
    assert fields.NationalIdField().clean(typed) == "1101700230708"


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("1101700230709", "invalid"),
        ("0000000000001", "invalid"),
        ("9101700230700", "invalid"),
        ("110170023070", "length"),
        ("11017002307080", "length"),
        ("1101700230708 OR 1=1", "length"),
        ("1101700230708x", "invalid"),
        ("1_101700230708", "invalid"),
        ("١١٠١٧٠٠٢٣٠٧٠٨", "length"),
        (1101700230708.0, "length"),
        ("abc", "length"),
        ("1101700230708\u202e", "bad_text"),
        ("11017\n00230708", "bad_text"),
        ("1" * 1_000_000, "length"),
    ],
)
def test_national_id_refused(typed, code):
    assert code_of(fields.NationalIdField(), typed) == code


def test_national_id_says_how_many_digits():
    with translation.override("en"), pytest.raises(ValidationError) as refused:
        fields.NationalIdField().clean("1-1017-00230-70")
    with translation.override("en"):
        assert refused.value.messages == ["The ID number has 12 digits; 13 are needed"]


def test_passport():
    assert fields.PassportField().clean(" aa1234567 ") == "AA1234567"
    assert fields.PassportField().clean("AA๑๒๓๔") == "AA1234"


@pytest.mark.parametrize(
    "typed", ["AB123", "A" * 13, "AB 123456", "AB-12345", "ＡＡ12345", "กข12345"]
)
def test_passport_refused(typed):
    assert code_of(fields.PassportField(), typed) == "invalid"


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("081-234-5678", "+66812345678"),
        ("+66 81 234 5678", "+66812345678"),
        ("๐๘๑ ๒๓๔ ๕๖๗๘", "+66812345678"),
        ("(081) 234.5678", "+66812345678"),
        ("\u202a081 234 5678\u202c", "+66812345678"),
        ("08 0000 0000", "+66800000000"),
        ("02 000 0000", "+6620000000"),
        ("0-2236-1395", "+6622361395"),
        ("+95 9 250 000000", "+959250000000"),
        ("+1 415 555 0100", "+14155550100"),
    ],
)
def test_phone(typed, number):
    assert fields.PhoneField().clean(typed) == number


@pytest.mark.parametrize(
    "typed",
    [
        "0000000000",
        "1900 222 333",
        "1900123456",
        "+1 900 555 0100",
        "08123",
        "191",
        "1555",
        "081234567890",
        "081-234-5678 ext 4",
        "0812345678,0898765432",
        "081234567x",
        "+10000000000",
        "++",
        "tel:0812345678",
        "0812345678\nBcc: a@example.com",
        "0" * 1000000,
        "1800 000 000",
    ],
)
def test_phone_refused(typed):
    assert code_of(fields.PhoneField(), typed) in {"invalid", "bad_text"}


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        (" mali@example.com\n", "mali@example.com"),
        ("Mali.J+wed@Example.CO.TH", "Mali.J+wed@example.co.th"),
        ("a@ไทย.ไทย", "a@xn--o3cw4h.xn--o3cw4h"),
        ("o'neil@example.com", "o'neil@example.com"),
    ],
)
def test_email(typed, address):
    assert fields.ContactEmailField().clean(typed) == address


@pytest.mark.parametrize(
    "typed",
    [
        "somsri",
        "somsri@",
        "@somsri.com",
        "somsri@example",
        "a@x.com,b@x.com",
        "a@x.com b@x.com",
        "a@x.com;b@x.com",
        "a@@x.com",
        "Mali <a@x.com>",
        '"a b"@x.com',
        "a@[127.0.0.1]",
        "a@1.2.3.44",
        "a@localhost",
        "аdmin@example.com",
        "a@x.com\nBcc: b@x.com",
        "a@x.com\r\n\r\nhi",
        "a@-x.com",
        "a..b@x.com",
        ".a@x.com",
        "a@x..com",
        "a@" + "x" * 64 + ".com",
        "a\x00@x.com",
        "a@" + "x." * 130 + "com",
        "ſ@example.com",
        "a@ex\u202eample.com",
        "a%0ab@x.c",
        "a@x.com.",
    ],
)
def test_email_refused(typed):
    assert code_of(fields.ContactEmailField(), typed) in {"invalid", "bad_text"}


@pytest.mark.parametrize("typed", ["21/11/2569", "21/11/2026", "2569-11-21", "๒๑/๑๑/๒๕๖๙"])
def test_date(typed):
    assert fields.BuddhistDateField().clean(typed) == dt.date(2026, 11, 21)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("21/11/69", "invalid"),
        ("29/02/2569", "invalid"),
        ("21/11/2569\u202e", "invalid"),
        ("21/11/2200", "year"),
        ("9999-12-31", "year"),
        ("24/11/2569", "too_early"),
        ("30/11/2569", "too_late"),
    ],
)
def test_date_refused(typed, code):
    field = fields.BuddhistDateField(
        earliest=lambda: dt.date(2026, 11, 25), latest=lambda: dt.date(2026, 11, 29)
    )

    assert field.clean("25/11/2569") == dt.date(2026, 11, 25)
    assert field.clean("29/11/2569") == dt.date(2026, 11, 29)
    assert code_of(field, typed) == code


def test_date_is_shown_in_buddhist_years_and_as_typed_when_refused():
    class Form(forms.Form):
        day = fields.BuddhistDateField()

    assert 'value="21/11/2569"' in str(Form(initial={"day": dt.date(2026, 11, 21)})["day"])
    assert 'value="21/11/69"' in str(Form({"day": "21/11/69"})["day"])
    assert not Form({"day": "21/11/2026"}, initial={"day": dt.date(2026, 11, 21)}).has_changed()


def test_nationality():
    field = fields.NationalityField()

    assert field.clean("TH") == "TH"
    assert code_of(field, "") == "required"
    for typed in ("XX", "th", "THA", "ไทย", "\ud800"):
        assert code_of(field, typed) == "invalid_choice"


def test_countries_in_both_languages():
    with translation.override("th"):
        thai = country_choices()
    with translation.override("en"):
        english = country_choices()

    assert len(thai) == len(english) == len(dict(thai)) == 249
    assert (thai[0], english[0]) == (("TH", "ไทย"), ("TH", "Thailand"))
    names = [name for _, name in thai]
    assert names.index("เกาหลีเหนือ") < names.index("แคนาดา") < names.index("โครเอเชีย")


@pytest.mark.parametrize(
    "field",
    [
        fields.CleanCharField(max_length=50),
        fields.CleanTextField(max_length=50),
        fields.NameField(),
        fields.NationalIdField(),
        fields.PassportField(),
        fields.PhoneField(),
        fields.ContactEmailField(),
        fields.BuddhistDateField(),
    ],
    ids=lambda field: type(field).__name__,
)
@given(typed=ANY_TEXT)
def test_any_text_is_cleaned_or_refused_and_cleaning_twice_changes_nothing(field, typed):
    try:
        value = field.clean(typed)
    except ValidationError:
        return

    assert field.clean(str(value)) == value
