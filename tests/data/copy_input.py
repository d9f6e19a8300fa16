"""Bad and odd input of the form for a certified copy, as in bad_input.py: values of the fields that
this form has beside those of a booking, and forms changed in several places."""

from tests.data.bad_input import (
    ACCEPTED,
    MEGABYTE,
    REFUSED,
    SURROGATE,
    Tampered,
    _no,
    _ok,
)

BACK, PHOTO = "JC1123456712", "10400212345678"

BACK_CODES = [
    _ok("plain", "back_code", BACK, BACK),
    _ok("dashes", "back_code", "JC1-1234567-12", BACK),
    _ok("lower case", "back_code", "jc1-1234567-12", BACK),
    _ok("Thai digits", "back_code", "JC๑-๑๒๓๔๕๖๗-๑๒", BACK),
    _ok("spaces", "back_code", " JC1 1234567 12 ", BACK),
    _ok("en dashes", "back_code", "JC1–1234567–12", BACK),
    _ok("zero-width space inside", "back_code", "JC1\u200b123456712", BACK),
    _no("nothing", "back_code", ""),
    _no("letter O for zero", "back_code", "JC1-1234567-1O"),
    _no("digits only", "back_code", "121123456712"),
    _no("11 characters", "back_code", "JC1-123456-12"),
    _no("13 characters", "back_code", "JC1-1234567-123"),
    _no("Thai letters", "back_code", "กข1-1234567-12"),
    _no("Cyrillic look-alike", "back_code", "ЈС1-1234567-12"),
    _no("200 characters", "back_code", "JC" + "1" * 198),
    _no("menu number of the chat", "back_code", "1#JC1-1234567-12"),
    _no("SQL", "back_code", f"{BACK}' OR 1=1--"),
    _no("script", "back_code", "<script>alert(1)</script>"),
    _no("bidi override", "back_code", f"\u202e{BACK}"),
    _no("NUL", "back_code", f"{BACK}\x00"),
    _no("lone surrogate", "back_code", f"{BACK}{SURROGATE}"),
]

PHOTO_CODES = [
    _ok("plain", "photo_code", PHOTO, PHOTO),
    _ok("dashes", "photo_code", "1040-02-12345678", PHOTO),
    _ok("Thai digits", "photo_code", "๑๐๔๐-๐๒-๑๒๓๔๕๖๗๘", PHOTO),
    _ok("spaces", "photo_code", "1040 02 12345678", PHOTO),
    _no("nothing", "photo_code", ""),
    _no("13 digits", "photo_code", PHOTO[:13]),
    _no("15 digits", "photo_code", f"{PHOTO}9"),
    _no("letters", "photo_code", "1O40-02-12345678"),
    _no("fraction", "photo_code", f"{PHOTO}.0"),
    _no("NUL", "photo_code", f"{PHOTO}\x00"),
    _no("lone surrogate", "photo_code", f"{PHOTO}{SURROGATE}"),
]

COPIES = [
    _ok("one", "copies", "1", "1"),
    _ok("ten", "copies", "10", "10"),
    _ok("Thai digits", "copies", "๒", "2"),
    _ok("space around", "copies", " 2 ", "2"),
    _no("nothing", "copies", ""),
    _no("none", "copies", "0"),
    _no("eleven", "copies", "11"),
    _no("minus", "copies", "-1"),
    _no("half", "copies", "1.5"),
    _no("exponent", "copies", "1e1"),
    _no("words", "copies", "สองฉบับ"),
    _no("huge", "copies", "9" * 5_000),
    _no("NUL", "copies", "2\x00"),
    _no("lone surrogate", "copies", SURROGATE),
]

KINDS = [
    _ok("marriage", "kind", "marriage", "marriage"),
    _ok("photo", "kind", "photo", "photo"),
    _no("nothing", "kind", ""),
    _no("another", "kind", "birth"),
    _no("capitals", "kind", "HOUSE"),
    _no("NUL", "kind", "house\x00"),
    _no("lone surrogate", "kind", SURROGATE),
]

OFFICES = [
    _no("unknown", "collect_at", "atlantis"),
    _no("id", "collect_at", "1"),
    _no("path", "collect_at", "../bang-rak"),
    _no("NUL", "collect_at", "bang-rak\x00"),
    _no("lone surrogate", "collect_at", SURROGATE),
]

SLOTS = [
    _no(f"slot {number}", "slot", value)
    for number, value in enumerate(
        ["", "0", "-1", "x", "1 OR 1=1", "๑", "1.0", "9" * 400, "\x00", SURROGATE]
    )
]

COPY_FIELDS = BACK_CODES + PHOTO_CODES + COPIES + KINDS + OFFICES + SLOTS

COPY_TAMPERED = [
    *(
        Tampered("field that is not asked", {name: value}, ACCEPTED, "", (303,))
        for name, value in [
            ("status", "approved"),
            ("office", "bang-khae"),
            ("proof", "thaid"),
            ("fee", "0"),
            ("fee_each", "0"),
            ("is_express", "1"),
            ("channel", "counter"),
            ("entered_by", "1"),
            ("created_at", "2020-01-01"),
            ("reference", "AAAAAAAAAAA"),
        ]
    ),
    *(
        Tampered("form key", {"form_key": key}, REFUSED, "", (422,))
        for key in ["", "x", "0" * 40, "\x00", SURROGATE]
    ),
    *(
        Tampered("consent", {"consent": value}, REFUSED, "consent", (422,))
        for value in ["", "false", "False"]
    ),
    Tampered("no contact", {"phone": "", "email": ""}, REFUSED, "phone"),
    Tampered("1 MB", {"note": MEGABYTE}, REFUSED, "note", (400, 413, 422)),
    Tampered("1,001 fields", {f"x{n}": "1" for n in range(1001)}, REFUSED, "", (400, 413)),
]
