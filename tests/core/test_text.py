import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.text import (
    BadText,
    as_key,
    ascii_digits,
    clean_text,
    first_and_last,
    given_name,
    is_digits,
    search_key,
    unbroken,
)

# Any code point, the lone surrogates that JSON can carry included.
anything = st.text(alphabet=st.characters(categories=None))


@pytest.mark.parametrize(
    ("typed", "cleaned"),
    [
        ("  มะลิ   ใจดี ", "มะลิ ใจดี"),
        ("มะลิ\u00a0ใจดี\u3000", "มะลิ ใจดี"),
        ("มะลิ\n", "มะลิ"),
        ("\u200bมะลิ\ufeff", "มะลิ"),
        ("ม\u200bะลิ", "มะลิ"),
        ("\u200b", ""),
        ("\u3164\u2800", ""),
        ("\u200dAli\u200c", "Ali"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("Jose\u0301", "José"),
        ("น้ำ", "น้ำ"),
    ],
)
def test_clean_text_one_line(typed, cleaned):
    assert clean_text(typed) == cleaned


def test_clean_text_never_splits_sara_am():
    assert clean_text("คำ") == "ค\u0e33"


def test_clean_text_several_lines():
    assert clean_text(" ก\r\nข\rค\td  \n", multiline=True) == "ก\nข\nค\td"


@pytest.mark.parametrize("multiline", [False, True])
@pytest.mark.parametrize(
    "bad",
    list(
        "\x00\x08\x0b\x0c\x1b\x1c\x1f\x7f\x85\x9f\ud800\udfff\ufffd\uffff"
        "\u061c\u200e\u200f\u202a\u202e\u2066\u2069"
    ),
)
def test_clean_text_refuses_hidden_controls_anywhere(bad, multiline):
    for typed in (f"a{bad}b", f"{bad}a", f"a{bad}", bad):
        with pytest.raises(BadText):
            clean_text(typed, multiline=multiline)


@pytest.mark.parametrize("line_end", ["\n", "\r", "\r\n", "\u2028", "\u2029"])
def test_clean_text_refuses_a_line_end_inside_one_line(line_end):
    with pytest.raises(BadText):
        clean_text(f"มะลิ{line_end}Bcc: a@example.com")


@pytest.mark.parametrize("multiline", [False, True])
@given(typed=anything)
def test_clean_text_raises_nothing_else_and_is_idempotent(multiline, typed):
    try:
        cleaned = clean_text(typed, multiline=multiline)
    except BadText:
        return

    assert clean_text(cleaned, multiline=multiline) == cleaned
    assert unicodedata.is_normalized("NFC", cleaned)
    cleaned.encode()


def test_ascii_digits_thai_and_full_width():
    assert ascii_digits("๐๑๒๓๔๕๖๗๘๙０１２３４５６７８９a") == "01234567890123456789a"


@pytest.mark.parametrize("typed", ["๑๒๓", "１２３", "٣٤٥", "12", "1234", "12a", "123\n", "1_2", ""])
def test_is_digits_takes_ascii_only(typed):
    assert not is_digits(typed, 3)
    assert is_digits("123", 3)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ท\u0e35\u0e48", "ท\u0e48\u0e35"),
        ("น\u0e49\u0e33", "น\u0e4d\u0e49\u0e32"),
        ("น\u0e49\u0e33", "น\u0e49\u0e4d\u0e32"),
        ("น\u0e49\u0e33", "น\u0e33\u0e49"),
        ("น\u0e33", "น\u0e4d\u0e32"),
        ("แม่", "เ\u0e40ม่"),
        ("มะลิ ใจดี", "มะลิใจดี"),
        ("ม\u200bะลิ", "มะลิ"),
        ("พ.ศ. ๒๕๖๙", "พศ2569"),
        ("José O'Neil", "JOSE ONEIL"),
        ("Ｍａｌｉ", "mali"),
    ],
)
def test_search_key_same_for_look_alikes(one, other):
    assert search_key(one) == search_key(other) != ""


@pytest.mark.parametrize(("one", "other"), [("ขาว", "ข้าว"), ("มา", "มะ"), ("กา", "กำ")])
def test_search_key_keeps_different_words_apart(one, other):
    assert search_key(one) != search_key(other)


@pytest.mark.parametrize(
    ("typed", "greeted"),
    [
        ("มะลิ ทดสอบดี", "มะลิ"),
        ("นาย สมชาย ทดสอบ", "สมชาย"),
        ("นายสมชาย ทดสอบ", "สมชาย"),
        ("นางสาวมะลิ ทดสอบ", "มะลิ"),
        ("นาง แก้ว ทดสอบ", "แก้ว"),
        ("น.ส. มะลิ ทดสอบ", "มะลิ"),
        ("พ.ต.อ.เอก ทดสอบ", "เอก"),
        ("คุณมะลิ ทดสอบ", "มะลิ"),
        ("นายิกา ทดสอบ", "นายิกา"),
        ("คุณากร ทดสอบ", "คุณากร"),
        ("Mr. Sora Laurent", "Sora"),
        ("MRS Sora Laurent", "Sora"),
        ("Ms.Sora Laurent", "Sora"),
        ("Dr. Mr. Sora", "Sora"),
        ("Mission Tester", "Mission"),
        ("Mr", "Mr"),
        ("นาย", "นาย"),
        ("-", "-"),
    ],
)
def test_greeting_leaves_out_a_title(typed, greeted):
    assert given_name(typed) == greeted


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("17", 17),
        ("", 0),
        ("๑๗", 0),
        ("-1", 0),
        ("1.0", 0),
        ("9" * 18, 10**18 - 1),
        ("9" * 5000, 0),
    ],
)
def test_key_of_a_row(typed, key):
    assert as_key(typed) == key


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("นางสาวสม สมใจ", ("สม", "สมใจ")),
        ("นาย เอก ณ อยุธยา", ("เอก", "ณ อยุธยา")),
        ("มะลิ", ("มะลิ", "")),
    ],
)
def test_first_and_last_name(typed, names):
    assert first_and_last(typed) == names


thai = st.text(alphabet=st.characters(min_codepoint=0x0E01, max_codepoint=0x0E5B))


@given(typed=anything | thai)
def test_search_key_of_any_text(typed):
    assert not set(search_key(typed)) & set(" .-\u200b\x00")


@given(typed=thai)
def test_search_key_is_idempotent(typed):
    key = search_key(typed)

    assert search_key(key) == key


@pytest.mark.parametrize(
    ("words", "lines"),
    [
        ("27 November 2026 (B.E. 2569)", ["27\u00a0November\u00a02026", "(B.E.\u00a02569)"]),
        ("ส 28 – อา 29 พ.ย.", ["ส\u00a028\u00a0–", "อา\u00a029\u00a0พ.ย."]),
        ("02 000 1004", ["02\u00a0000\u00a01004"]),
    ],
)
def test_a_date_breaks_before_its_bracket_and_after_its_dash(words, lines):
    assert unbroken(words).split(" ") == lines
