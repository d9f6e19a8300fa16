"""What may be typed: cleaning of free text, digits and Thai search keys."""

import re
import unicodedata


class BadText(ValueError):
    """The text holds characters that nobody types on purpose; never quotes them."""


# NFC throughout, never NFKC: NFKC splits sara am in two.
# \x1c-\x1f count as white space for str.strip() and \s, so these are looked for first.
_FORBIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"  # controls, but tab and line ends
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # bidi controls
    "\ud800-\udfff\ufdd0-\ufdef\ufffd-\uffff]"  # surrogates, what a broken form leaves of them
)
# Takes no room on the screen: a name made of these would look empty.
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180e\u200b\u2060-\u2065\u206a-\u206f\u2800\u3164"
    "\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e007f]"
)
# Joiners are real letters' glue in Persian and Indic names, and nothing at an edge.
_EDGES = re.compile("\\A[\\s\u200c\u200d]+|[\\s\u200c\u200d]+\\Z")
_LINE_END = re.compile("\r\n|[\r\u2028\u2029]")

_TO_ASCII_DIGITS = str.maketrans("๐๑๒๓๔๕๖๗๘๙０１２３４５６７８９", "0123456789" * 2)
_TO_THAI_DIGITS = str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙")

# Everything that may follow a consonant within its syllable, in the order in which it is read.
_THAI_MARKS = re.compile("[\u0e31\u0e32\u0e34-\u0e3a\u0e47-\u0e4e]{2,}")
_TONES = "\u0e48\u0e49\u0e4a\u0e4b\u0e4c"
_AA = "\u0e32"
_LATIN_ACCENTS = re.compile("[\u0300-\u036f]")


# What a key of the database has at most, less one.
KEY_DIGITS = 18


def unbroken(text: str) -> str:
    """A date, a time or a telephone number that stays on one line inside a sentence; the B.E. year
    in brackets and the end of a range may go to the next."""
    kept = text.replace(" ", "\N{NO-BREAK SPACE}")
    return kept.replace("\N{NO-BREAK SPACE}(", " (").replace("–\N{NO-BREAK SPACE}", "– ")


def clean_text(value: str, *, multiline: bool = False) -> str:
    """Return the text in NFC without invisible characters and outer white space.

    One line: inner white space becomes one space, a line end inside is refused. Several lines:
    line ends become "\\n". Cleaning twice changes nothing. Raises BadText for controls, bidi
    controls, lone surrogates and noncharacters.
    """
    value = _LINE_END.sub("\n", value)
    if _FORBIDDEN.search(value):
        raise BadText
    value = _EDGES.sub("", _INVISIBLE.sub("", value))
    if not multiline:
        if "\n" in value:
            raise BadText
        value = re.sub(r"\s+", " ", value)
    return unicodedata.normalize("NFC", value)


def ascii_digits(value: str) -> str:
    """Return the text with Thai and full-width digits as 0-9."""
    return value.translate(_TO_ASCII_DIGITS)


def thai_digits(value: str) -> str:
    """Return the text with Thai digits, as official papers have them."""
    return value.translate(_TO_THAI_DIGITS)


def is_digits(value: str, length: int) -> bool:
    """True for exactly `length` digits 0-9; str.isdigit() and \\d take other scripts too."""
    return re.fullmatch(f"[0-9]{{{length}}}", value) is not None


def as_key(typed: str) -> int:
    """The key of a row as an address or a form has it; 0, which no row has, for anything else."""
    is_key = typed.isascii() and typed.isdigit() and len(typed) <= KEY_DIGITS
    return int(typed) if is_key else 0


# Written on to the name or before it; a vowel after "นาย" begins another word, as in "นายิกา".
_TITLE = re.compile(
    "(?:(?:นางสาว|นาง|นาย|เด็กชาย|เด็กหญิง|คุณ|(?:[ก-ฮ]{1,3}[.])+)[ ]*(?=[ก-ฮเ-ไ])"
    "|(?:mr|mrs|ms|miss|mx|dr)(?:[.] *| +)(?=.))",
    re.IGNORECASE,
)


def first_and_last(full_name: str) -> tuple[str, str]:
    """The first name and what follows it; a title that was typed before them is left out."""
    name = full_name
    while title := _TITLE.match(name):
        name = name[title.end() :]
    first, _space, last = name.partition(" ")
    return first, last


def given_name(full_name: str) -> str:
    """The first name, to greet by."""
    return first_and_last(full_name)[0]


def search_key(value: str) -> str:
    """Return a key that is equal for texts a Thai reader takes for the same.

    Vowel and tone in either order, nikhahit + aa for sara am, two sara e for sara ae, any digits,
    capitals, Latin accents, spaces and signs make no difference; Thai tone marks do.
    """
    key = unicodedata.normalize("NFKD", value).casefold()
    key = "".join(c for c in key if unicodedata.category(c)[0] in "LNM")
    key = ascii_digits(_LATIN_ACCENTS.sub("", unicodedata.normalize("NFKD", key)))
    key = _THAI_MARKS.sub(lambda marks: "".join(sorted(marks[0], key=_mark_rank)), key)
    return key.replace("เเ", "แ")


def _mark_rank(mark: str) -> tuple[bool, bool, str]:
    """Vowels and nikhahit, then tones and the silencer, then aa."""
    return (mark == _AA, mark in _TONES, mark)
