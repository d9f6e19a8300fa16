"""Bad and odd input with the answers expected, as data.

FIELDS   one value typed into one field of an otherwise good form. `field` is a field of the booking
         form, or "date": the `?date=` of the page of times and every date field. "accepted": stored
         as `stored`. "refused": 422, a sentence at `error_<field>`, nothing stored, nothing echoed
         in the sentence, never a 500 (a page asked for a bad `?date=` may answer 200 or 404).
         Encode with `urlencode(data, errors="surrogatepass")`, so that lone surrogates travel.
TAMPERED several fields changed at once, or fields that the form does not have. A value in capitals
         between angle brackets stands for something that the test must make (see PLACEHOLDERS).

A passport number is asked for a nationality other than TH only: post it with `nationality=MM`.
The fields of the second person (`partner_…`) answer as those of the first. Files: bad_uploads.py.
The rule covers every input of the kind, not these alone.
"""

from dataclasses import dataclass

ACCEPTED, REFUSED = "accepted", "refused"


@dataclass(frozen=True)
class Typed:
    kind: str
    field: str
    value: str
    outcome: str
    stored: str = ""


@dataclass(frozen=True)
class Tampered:
    kind: str
    changes: dict[str, str]
    outcome: str
    error_field: str = ""
    statuses: tuple[int, ...] = (422,)


def _ok(kind: str, name: str, value: str, stored: str) -> Typed:
    return Typed(kind, name, value, ACCEPTED, stored)


def _no(kind: str, name: str, value: str) -> Typed:
    return Typed(kind, name, value, REFUSED)


ID = "1101700230708"
SURROGATE = "\ud800"
MEGABYTE = "ก" * 333_000

NATIONAL_IDS = [
    _ok("plain", "national_id", ID, ID),
    _ok("dashes", "national_id", "1-1017-00230-70-8", ID),
    _ok("en dashes", "national_id", "1–1017–00230–70–8", ID),
    _ok("spaces", "national_id", "1 1017 00230 70 8", ID),
    _ok("Thai digits", "national_id", "๑๑๐๑๗๐๐๒๓๐๗๐๘", ID),
    _ok("full-width digits", "national_id", "１１０１７００２３０７０８", ID),
    _ok("line end after", "national_id", f"{ID}\n", ID),
    _ok("zero-width space inside", "national_id", "11017\u200b00230708", ID),
    _ok("byte order mark before", "national_id", f"\ufeff{ID}", ID),
    _no("check digit", "national_id", "1101700230709"),
    _no("first digit 0, check digit good", "national_id", "0000000000001"),
    _no("first digit 9, check digit good", "national_id", "9101700230703"),
    _no("12 digits", "national_id", ID[:12]),
    _no("14 digits", "national_id", f"{ID}0"),
    _no("SQL", "national_id", f"{ID} OR 1=1"),
    _no("number with a fraction", "national_id", f"{ID}.0"),
    _no("exponent", "national_id", "1.101700230708e12"),
    _no("underscores", "national_id", "1_101_700_230_708"),
    _no("Arabic-Indic digits", "national_id", "١١٠١٧٠٠٢٣٠٧٠٨"),
    _no("letter O for zero", "national_id", "11O1700230708"),
    _no("bidi override", "national_id", f"\u202e{ID}"),
    _no("NUL", "national_id", f"{ID}\x00"),
    _no("two numbers", "national_id", f"{ID},{ID}"),
    _no("nothing", "national_id", ""),
    _no("100,000 digits", "national_id", "1" * 100_000),
]

NAMES = [
    _ok("tone typed before the vowel", "full_name", "ท\u0e48\u0e35รัก", "ท\u0e48\u0e35รัก"),
    _ok("nikhahit and aa", "full_name", "น\u0e4d\u0e32ฝน", "น\u0e4d\u0e32ฝน"),
    _ok("combining accent", "full_name", "Jose\u0301", "José"),
    _ok("invisible edges", "full_name", "\u200bมะลิ ใจดี\ufeff ", "มะลิ ใจดี"),
    _ok("Arabic", "full_name", "محمد علي", "محمد علي"),
    _ok("Hebrew", "full_name", "שרה כ״ץ", "שרה כ״ץ"),
    _ok("Chinese", "full_name", "王小明", "王小明"),
    _ok("single word", "full_name", "Madonna", "Madonna"),
    _ok("dash", "full_name", "-", "-"),
    _ok("one character", "full_name", "ก", "ก"),
    _ok("apostrophe", "full_name", "Sinéad O'Connor", "Sinéad O'Connor"),
    _ok("150 characters", "full_name", "ก" * 150, "ก" * 150),
    _no("nothing", "full_name", ""),
    _no("only a zero-width space", "full_name", "\u200b"),
    _no("only a Hangul filler", "full_name", "\u3164"),
    _no("right-to-left override", "full_name", "abc\u202egpj.exe"),
    _no("bidi isolate", "full_name", "มะลิ\u2067ใจดี"),
    _no("lone surrogate", "full_name", f"มะลิ{SURROGATE}"),
    _no("NUL", "full_name", "a\x00b"),
    _no("escape", "full_name", "a\x1b[31mb"),
    _no("C1 control", "full_name", "a\x85b"),
    _no("script", "full_name", "<script>alert(1)</script>"),
    _no("attribute", "full_name", '"><img src=x onerror=alert(1)>'),
    _no("template", "full_name", "{{ 7|add:7 }}"),
    _no("formula", "full_name", '=HYPERLINK("http://example.com")'),
    _no("formula, plus", "full_name", "+1"),
    _no("formula, minus", "full_name", "-1"),
    _no("formula, at", "full_name", "@SUM"),
    _no("formula, full width", "full_name", "＝1+1"),
    _no("header injection", "full_name", "มะลิ\r\nBcc: a@example.com"),
    _no("line separator", "full_name", "มะลิ\u2028Bcc: a@example.com"),
    _no("151 characters", "full_name", "ก" * 151),
    _no("Thai digits", "full_name", "มะลิ ๒"),
    _no("emoji", "full_name", "มะลิ 💍"),
]

# Free text is kept as typed; every page, e-mail, PDF and export must show it harmless.
NOTES = [
    _ok("script", "note", "<script>alert(1)</script>", "<script>alert(1)</script>"),
    _ok("attribute", "note", '"><img onerror=alert(1)>', '"><img onerror=alert(1)>'),
    _ok("formula", "note", '=HYPERLINK("http://a.b")', '=HYPERLINK("http://a.b")'),
    _ok("formula, plus", "note", "+1", "+1"),
    _ok("formula, at", "note", "@SUM(A1)", "@SUM(A1)"),
    _ok("formula after a tab", "note", "\t=1+1", "=1+1"),
    _ok("formula after a line end", "note", "\r=1+1", "=1+1"),
    _ok("formula, full width", "note", "＝1+1", "＝1+1"),
    _ok("header injection", "note", "a\r\nBcc: a@example.com", "a\nBcc: a@example.com"),
    _ok("emoji", "note", "ขอบคุณ 💍", "ขอบคุณ 💍"),
    _ok("only invisible", "note", "\u200b\u2060", ""),
    _no("right-to-left override", "note", "abc\u202egpj.exe"),
    _no("lone surrogate", "note", SURROGATE),
    _no("NUL", "note", "a\x00b"),
    _no("NUL as JSON writes it", "note", "\x00"),
]

DAY = "2026-11-21"
DATES = [
    _ok("B.E.", "date", "21/11/2569", DAY),
    _ok("C.E.", "date", "21/11/2026", DAY),
    _ok("ISO in B.E.", "date", "2569-11-21", DAY),
    _ok("ISO", "date", DAY, DAY),
    _ok("Thai digits", "date", "๒๑/๑๑/๒๕๖๙", DAY),
    _ok("dots", "date", "21.11.2569", DAY),
    _ok("leap day, B.E.", "date", "29/02/2567", "2024-02-29"),
    _no("29 February in a common year", "date", "29/02/2569"),
    _no("31 April", "date", "31/04/2569"),
    _no("month first", "date", "11/21/2569"),
    _no("Thai month name", "date", "21 พ.ย. 69"),
    _no("two-digit year", "date", "21/11/69"),
    _no("year between the eras", "date", "21/11/2200"),
    _no("first day", "date", "0001-01-01"),
    _no("last day", "date", "9999-12-31"),
    _no("B.E. read as C.E. twice", "date", "21/11/3112"),
    _no("time zone trick", "date", "2026-11-21T00:00-12:00"),
    _no("NUL", "date", "21/11/2569\x00"),
    _no("lone surrogate", "date", SURROGATE),
    _no("huge", "date", "1" * 10_000),
]

PHONES = [
    _ok("dashes", "phone", "081-234-5678", "+66812345678"),
    _ok("international", "phone", "+66 81 234 5678", "+66812345678"),
    _ok("Thai digits", "phone", "๐๘๑ ๒๓๔ ๕๖๗๘", "+66812345678"),
    _ok("copied from contacts", "phone", "\u202a081 234 5678\u202c", "+66812345678"),
    _ok("landline", "phone", "0 2236 1395", "+6622361395"),
    _ok("demo number", "phone", "08 0000 0000", "+66800000000"),
    _ok("foreign", "phone", "+95 9 250 000000", "+959250000000"),
    _no("zeros", "phone", "0000000000"),
    _no("premium", "phone", "1900 222 333"),
    _no("foreign premium", "phone", "+1 900 555 0100"),
    _no("short number", "phone", "191"),
    _no("too short", "phone", "081234567"),
    _no("too long", "phone", "081234567890"),
    _no("two numbers", "phone", "0812345678,0898765432"),
    _no("extension", "phone", "02 236 1395 ext 4"),
    _no("words", "phone", "โทรหาแม่"),
    _no("header injection", "phone", "0812345678\r\nBcc: a@example.com"),
    _no("NUL", "phone", "0812345678\x00"),
    _no("lone surrogate", "phone", SURROGATE),
    _no("100,000 digits", "phone", "0" * 100_000),
]

EMAILS = [
    _ok("plain", "email", "mali@example.com", "mali@example.com"),
    _ok("line end after", "email", "mali@example.com\n", "mali@example.com"),
    _ok("Thai domain", "email", "a@ไทย.ไทย", "a@xn--o3cw4h.xn--o3cw4h"),
    _ok("look-alike domain", "email", "a@аpple.com", "a@xn--pple-43d.com"),
    # An address that our mail server cannot write to would mean silence for the citizen.
    _no("look-alike name", "email", "аdmin@example.com"),
    _no("list", "email", "a@x.com,b@x.com"),
    _no("list with semicolon", "email", "a@x.com;b@x.com"),
    _no("list with space", "email", "a@x.com b@x.com"),
    _no("name and address", "email", "Mali <a@x.com>"),
    _no("quoted name", "email", '"a, b"@x.com'),
    _no("header injection", "email", "a@x.com\r\nBcc: b@x.com"),
    _no("no domain", "email", "somsri"),
    _no("no ending", "email", "somsri@example"),
    _no("host", "email", "somsri@localhost"),
    _no("address literal", "email", "somsri@[127.0.0.1]"),
    _no("255 characters", "email", "a@" + "x." * 125 + "com"),
    _no("NUL", "email", "a\x00@x.com"),
    _no("lone surrogate", "email", f"a{SURROGATE}@x.com"),
]

PASSPORTS = [
    _ok("lower case", "passport_no", " ma123456 ", "MA123456"),
    _ok("Thai digits", "passport_no", "MA๑๒๓๔๕๖", "MA123456"),
    _no("five", "passport_no", "MA123"),
    _no("thirteen", "passport_no", "MA12345678901"),
    _no("space inside", "passport_no", "MA 123456"),
    _no("Thai letters", "passport_no", "กข123456"),
    _no("Cyrillic look-alike", "passport_no", "МА123456"),
    _no("SQL", "passport_no", "MA123456'--"),
    _no("NUL", "passport_no", "MA12\x003456"),
    _no("lone surrogate", "passport_no", f"MA1234{SURROGATE}"),
]

NATIONALITIES = [
    _no("nothing", "nationality", ""),
    _no("no country", "nationality", "XX"),
    _no("name", "nationality", "ไทย"),
    _no("lower case", "nationality", "th"),
    _no("NUL", "nationality", "T\x00H"),
    _no("lone surrogate", "nationality", SURROGATE),
]

FIELDS = NATIONAL_IDS + NAMES + NOTES + DATES + PHONES + EMAILS + PASSPORTS + NATIONALITIES

PLACEHOLDERS = {
    "<OTHER_OFFICE_SLOT>": "a free slot of another office",
    "<OTHER_SERVICE_SLOT>": "a free slot of another service of this office",
    "<CLOSED_DAY_SLOT>": "a slot of a day that was closed since",
    "<PAST_SLOT>": "a slot that began a second ago",
    "<OTHER_FORM_KEY>": "the form key of another visitor's hold",
    "<EXPIRED_FORM_KEY>": "the form key of a hold that ran out",
    "<BOOKED_ID>": "a national ID that has an open booking for this service",
    "<ID>": "the national ID of the first person in the same form",
}
# One answer to all of these, so that nothing can be learnt from it.
NOT_AVAILABLE = (409, 404, 422, 303)
TAMPERED = [
    *(
        Tampered("slot", {"slot": slot}, REFUSED, "slot", NOT_AVAILABLE)
        for slot in ["<OTHER_OFFICE_SLOT>", "<OTHER_SERVICE_SLOT>", "<CLOSED_DAY_SLOT>", "0", "-1"]
    ),
    *(
        Tampered("slot that is no number", {"slot": slot}, REFUSED, "slot", NOT_AVAILABLE)
        for slot in ["", "x", "1 OR 1=1", "๑", "1.0", "9" * 400, "\x00", SURROGATE]
    ),
    Tampered("slot in the past", {"slot": "<PAST_SLOT>"}, REFUSED, "slot", NOT_AVAILABLE),
    *(
        Tampered("field that is not asked", {name: value}, ACCEPTED, "", (303,))
        for name, value in [
            ("status", "confirmed"),
            ("office", "2"),
            ("is_staff", "1"),
            ("fee", "0"),
            ("created_at", "2020-01-01"),
            ("reference", "AAAAAAAAAAA"),
            ("decided_by", "1"),
        ]
    ),
    *(
        # A new form, with what was typed kept.
        Tampered("form key", {"form_key": key}, REFUSED, "", (422, 409, 303, 404))
        for key in ["", "x", "<OTHER_FORM_KEY>", "<EXPIRED_FORM_KEY>", "\x00", SURROGATE]
    ),
    *(
        Tampered("consent", {"consent": value}, REFUSED, "consent", (422,))
        for value in ["", "false", "False"]
    ),
    Tampered("booked already", {"national_id": "<BOOKED_ID>"}, REFUSED, "", (422, 409)),
    Tampered("same person twice", {"partner_national_id": "<ID>"}, REFUSED, "partner_national_id"),
    Tampered("no contact", {"phone": "", "email": ""}, REFUSED, "phone"),
    Tampered(
        "passport missing",
        {"partner_nationality": "MM", "partner_national_id": "", "partner_passport_no": ""},
        REFUSED,
        "partner_passport_no",
    ),
    Tampered("1 MB", {"note": MEGABYTE}, REFUSED, "note", (400, 413, 422)),
    Tampered("1,001 fields", {f"x{n}": "1" for n in range(1001)}, REFUSED, "", (400, 413)),
]
