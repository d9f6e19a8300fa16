"""What people type in the chat, as one of a few readings (requirements S0 "Chat grammar"). Pure
functions: no clock, no database. Digits may be Thai, Latin or full-width, letters of any case,
dashes of any kind, years B.E. or C.E. Never NFKC, which would split sara am."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, time

from core.text import ascii_digits
from core.thai_dates import YearOutOfRange, parse_date

LONGEST_LINE = 200
LONGEST_TEXT = 500
DIGITS_OF_A_DAY = 8


@dataclass(frozen=True)
class CardCode:
    """Step 1: which copy, and the 12 characters on the back of the card ("JC1123456712")."""

    menu: int | None
    code: str


@dataclass(frozen=True)
class BadCode:
    """Meant as step 1, but the code is not one. `menu` when it could be read."""

    menu: int | None


@dataclass(frozen=True)
class Menu:
    """The bare number of a menu item, 1 to 5."""

    menu: int


@dataclass(frozen=True)
class Details:
    """Step 2: how many copies, and when they are collected; the time may be left to us."""

    copies: int
    day: date
    at: time | None


@dataclass(frozen=True)
class BadDetails:
    """Meant as step 2. `problem`: "copies" (no number of them), "date", "year" or "time"."""

    problem: str


@dataclass(frozen=True)
class PhotoCode:
    """Step 3: the 14 digits under the photograph."""

    code: str


@dataclass(frozen=True)
class BadPhotoCode:
    """A number of another length."""

    digits: int


@dataclass(frozen=True)
class Word:
    """A command: "cancel", "status", "menu", "staff", "book", "more_times", "account", "unlink"."""

    name: str


@dataclass(frozen=True)
class Text:
    """Anything else."""


Reading = CardCode | BadCode | Menu | Details | BadDetails | PhotoCode | BadPhotoCode | Word | Text

WORDS = {
    "cancel": ("ยกเลิก", "ยกเลิกคำขอ", "cancel", "stop"),
    "status": ("สถานะ", "ดูสถานะ", "นัดของฉัน", "status"),
    "menu": ("เมนู", "สวัสดี", "สวัสดีค่ะ", "สวัสดีครับ", "เริ่มใหม่", "menu", "help"),
    "staff": ("เจ้าหน้าที่", "คุยกับเจ้าหน้าที่", "ติดต่อเจ้าหน้าที่", "staff"),
    "book": ("นัดหมาย", "จองนัด", "จองคิว", "book"),
    "more_times": ("เวลาอื่น", "เลือกเวลาอื่น", "เปลี่ยนเวลา", "other times"),
    "account": ("บัญชี", "บัญชีของฉัน", "account"),
    "unlink": ("เลิกเชื่อม", "เลิกเชื่อมบัญชี", "ยกเลิกการเชื่อมบัญชี", "ยกเลิกเชื่อมบัญชี", "unlink"),
}
_COMMANDS = {word: name for name, words in WORDS.items() for word in words}

_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: " "}
_DASHES = re.compile("[\u2010-\u2015\u2212\u00ad\ufe58\ufe63\u30fc\u3161]")
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"
)

_STEP_1 = re.compile(r"([1-5]) ?# ?([A-Z]{2}[0-9]) ?-? ?([0-9]{7}) ?-? ?([0-9]{2})")
_BARE_CODE = re.compile(r"([A-Z]{2}[0-9]) ?-? ?([0-9]{7}) ?-? ?([0-9]{2})")
_LIKE_STEP_1 = re.compile(r"([0-9]+)? ?#.*")
_LIKE_A_CODE = re.compile(r"[A-Z]{1,3}[0-9OIL][0-9OIL -]{4,}")
_DAY = r"(?P<day>[0-9]{1,4} ?[/.-] ?[0-9]{1,2} ?[/.-] ?[0-9]{1,4})"
_TIME = r"(?: ?,? ?(?:เวลา)? ?(?P<hour>[0-9]{1,2}) ?[:.] ?(?P<minute>[0-9]{2}) ?(?:น\.?|นาฬิกา)?)?"
_COUNT = r"(?P<copies>[0-9]{1,4})(?: ?(?:ฉบับ|ชุด|ใบ)[ ,]*|[ ,]+)"
_COLLECT = r"(?:(?:มา)?รับ(?:เอกสาร)?)? ?(?:วันที่|วัน)? ?"
_POLITE = r" ?(?:ค่ะ|คะ|ครับ)?"
_STEP_2 = re.compile(rf"(?:(?:ขอ|ต้องการ|เอา) ?)?{_COUNT}{_COLLECT}{_DAY}{_TIME}{_POLITE}")
_ONLY_DATE = re.compile(rf"(?:ต้องการ ?)?{_COLLECT}{_DAY}{_TIME}{_POLITE}")
_ONLY_COUNT = re.compile(r"(?:(?:ขอ|ต้องการ|เอา) ?)?[0-9]{1,4} ?(?:ฉบับ|ชุด|ใบ)(?: .*)?")
_STEP_3 = re.compile(r"([0-9]{4}) ?-? ?([0-9]{2}) ?-? ?([0-9]{8})")
_NUMBERS = re.compile(r"[A-Z]{0,3}[0-9](?:[ ._-]?[0-9OIL]){5,}")
_NUMBER = re.compile(r"[0-9][0-9 -]{6,}[0-9]")


def tidy(text: str) -> str:
    """One line as the rules read it: digits and letters of one kind, capital Latin letters, one
    space at most; NFC."""
    text = unicodedata.normalize("NFC", text).translate(_FULL_WIDTH)
    text = _UNSEEN.sub("", _DASHES.sub("-", ascii_digits(text)))
    return re.sub(r"\s+", " ", text).strip().upper()


def read(text: str) -> Reading:
    """What a line means. Never raises, whatever is typed."""
    line = tidy(text)
    if not line or len(line) > LONGEST_LINE:
        return Text()
    if command := _COMMANDS.get(_without_politeness(line).lower()):
        return Word(command)
    if re.fullmatch("[1-5]", line):
        return Menu(int(line))
    return _step_1(line) or _step_2(line) or _step_3(line) or Text()


def redacted(text: str) -> str:
    """The line to keep: what may be a code of a card or a personal number is gone. Days (with
    strokes) stay."""
    return _NUMBERS.sub("…", re.sub("#.*", "#…", tidy(text)))[:LONGEST_TEXT]


def _step_1(line: str) -> CardCode | BadCode | None:
    if found := _STEP_1.fullmatch(line):
        return CardCode(int(found[1]), found[2] + found[3] + found[4])
    if found := _BARE_CODE.fullmatch(line):
        return CardCode(None, found[1] + found[2] + found[3])
    if found := _LIKE_STEP_1.fullmatch(line):
        menu = int(found[1]) if found[1] and found[1] in "12345" else None
        return BadCode(menu)
    return BadCode(None) if _LIKE_A_CODE.fullmatch(line) else None


def _step_2(line: str) -> Details | BadDetails | None:
    if found := _STEP_2.fullmatch(line):
        return _details(found)
    found = _ONLY_DATE.fullmatch(line)
    # More digits than a date has are a number under the photograph, cut short.
    if found and len(re.sub("[^0-9]", "", found["day"])) <= DIGITS_OF_A_DAY:
        return BadDetails("copies")
    return BadDetails("date") if _ONLY_COUNT.fullmatch(line) else None


def _details(found: re.Match[str]) -> Details | BadDetails:
    try:
        day = _day(found["day"])
    except YearOutOfRange:
        return BadDetails("year")
    except ValueError:
        return BadDetails("date")
    try:
        at = time(int(found["hour"]), int(found["minute"])) if found["hour"] else None
    except ValueError:
        return BadDetails("time")
    return Details(int(found["copies"]), day, at)


def _day(text: str) -> date:
    """As `parse_date`, with two-digit years, which are B.E. 25xx. Raises ValueError."""
    text = text.replace(" ", "")
    if short := re.fullmatch(r"([0-9]{1,2}[/.-][0-9]{1,2}[/.-])([0-9]{2})", text):
        text = f"{short[1]}25{short[2]}"
    # People also mix the signs between day, month and year.
    return parse_date(text if re.match("[0-9]{4}", text) else re.sub("[.-]", "/", text))


def _step_3(line: str) -> PhotoCode | BadPhotoCode | None:
    if found := _STEP_3.fullmatch(line):
        return PhotoCode("".join(found.groups()))
    if _NUMBER.fullmatch(line):
        return BadPhotoCode(len(re.sub("[^0-9]", "", line)))
    return None


def _without_politeness(line: str) -> str:
    return re.sub(r" ?(?:ค่ะ|คะ|ครับ|นะคะ)$", "", line.strip("“”\"' .!?"))
