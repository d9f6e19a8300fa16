"""Marked codes and numbers, and a searcher that knows them however they are written."""

import re
from base64 import b64decode, urlsafe_b64decode
from binascii import Error
from collections.abc import Iterator, Mapping
from urllib.parse import unquote_plus

from stdnum.th import pin

from core.text import ascii_digits

# What stands on the card of the person: nowhere in clear, to nobody.
BACK, PHOTO = "QX9876543298", "97531864209753"
# What is compared or typed by mistake instead of them.
OTHER_BACK, OTHER_PHOTO = "WZ8642097513", "86420975318642"
CODES = (BACK, PHOTO, OTHER_BACK, OTHER_PHOTO)


def marked(twelve: str) -> str:
    """A good national ID of nobody that begins so."""
    return twelve + pin.calc_check_digit(twelve)


# Of the person by web, of the one in the chat, of the one at the counter, and one of nobody here.
NUMBERS = tuple(marked(f"10000{middle}64") for middle in ("97531", "86427", "75316", "64205"))
ALL = CODES + NUMBERS

# So many characters of a code in a row are that code.
ENOUGH = 9
PIECES = {
    mark[start : start + ENOUGH]: mark for mark in ALL for start in range(len(mark) - ENOUGH + 1)
}
# The long group of the code as the card writes it, JC1-1234567-12.
GROUPS = {code[3:10]: code for code in (BACK, OTHER_BACK)}


def hits(what: object, marks: tuple[str, ...] = ALL) -> set[str]:
    """The marks that stand in a text, in bytes, or anywhere inside a list or a mapping: with other
    digits, in any grouping, letters large or small, escaped for an address, JSON or HTML, or in
    base 64."""
    return {found for text in _texts(what) for found in _in_text(text)} & set(marks)


def _in_text(text: str) -> Iterator[str]:
    for way in _readings(text):
        plain = ascii_digits(way).upper()
        close = re.sub(r"[\W_]+", "", plain)
        yield from (mark for piece, mark in PIECES.items() if piece in close)
        yield from (
            code for group, code in GROUPS.items() if re.search(rf"(?<!\d){group}(?!\d)", plain)
        )


def _readings(text: str) -> Iterator[str]:
    yield text
    if "%" in text:
        yield unquote_plus(text)
    if "\\u" in text:
        yield re.sub(r"\\u([0-9a-fA-F]{4})", lambda found: chr(int(found[1], 16)), text)
    if "&#" in text:
        yield re.sub(r"&#x?([0-9a-fA-F]+);", lambda found: _character(found[0], found[1]), text)
    for word in re.findall(r"[A-Za-z0-9+/_-]{16,}={0,2}", text):
        padded = word.rstrip("=") + "=" * (-len(word.rstrip("=")) % 4)
        for decode in (b64decode, urlsafe_b64decode):
            try:
                yield decode(padded).decode("latin-1")
            except Error:
                continue


def _character(whole: str, number: str) -> str:
    return chr(int(number, 16 if "x" in whole else 10) % 0x110000)


def _texts(what: object) -> Iterator[str]:
    """Every text in it. Bytes are read as UTF-8 and, letter by letter, as they are."""
    if isinstance(what, str):
        yield what
    elif isinstance(what, bytes | bytearray | memoryview):
        raw = bytes(what)
        yield raw.decode("latin-1")
        yield raw.decode("utf-8", "ignore")
        yield raw.decode("utf-16", "ignore")
    elif isinstance(what, Mapping):
        for pair in what.items():
            yield from _texts(pair)
    elif isinstance(what, list | tuple | set | frozenset):
        # Next to one another too: a code in four boxes is a code.
        yield " ".join(str(one) for one in what if isinstance(one, str | int))
        for one in what:
            yield from _texts(one)
    elif what is not None:
        yield str(what)
