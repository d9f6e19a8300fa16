"""What people type in the chat is read as tests/data/chat_lines.yaml says."""

import re
from datetime import time
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from line_channel import grammar
from line_channel.grammar import (
    BadCode,
    BadDetails,
    BadPhotoCode,
    CardCode,
    Details,
    Menu,
    PhotoCode,
    Text,
    Word,
)

LINES = yaml.safe_load(
    (Path(__file__).parents[1] / "data" / "chat_lines.yaml").read_text(encoding="utf-8")
)
READINGS = {
    "card": CardCode,
    "bad_code": BadCode,
    "menu": Menu,
    "details": Details,
    "bad_details": BadDetails,
    "photo": PhotoCode,
    "bad_photo": BadPhotoCode,
    "word": Word,
    "text": Text,
}


@pytest.mark.parametrize("row", LINES, ids=[row["line"][:40] or "nothing" for row in LINES])
def test_a_line_is_read_as_the_table_says(row):
    expected = dict(row)
    line, kind = expected.pop("line"), READINGS[expected.pop("reads")]
    if expected.get("at"):
        expected["at"] = time.fromisoformat(expected["at"])

    assert grammar.read(line) == kind(**expected)


def test_the_table_is_long_enough():
    assert len(LINES) >= 60
    assert {row["reads"] for row in LINES} == set(READINGS)


@given(st.text(max_size=400))
def test_nothing_that_is_typed_breaks_the_reading(line):
    grammar.read(line)
    grammar.redacted(line)


@pytest.mark.parametrize("row", [row for row in LINES if row["reads"] in ("card", "photo")])
def test_what_is_kept_of_a_code_is_nothing(row):
    kept = grammar.redacted(row["line"])

    assert not re.search("[0-9]{5}", kept)
    assert row["code"][-4:] not in re.sub("[^0-9A-Z]", "", kept)


def test_what_is_kept_of_a_question():
    assert grammar.redacted("รหัส JC1.1234567.12 เลข 1-1017-00230-70-8 มาวันที่ 1/12/2569 ได้ไหม") == (
        "รหัส … เลข … มาวันที่ 1/12/2569 ได้ไหม"
    )


def test_sara_am_stays_whole():
    assert grammar.tidy("คำขอ") == "คำขอ"
