"""The text behind a Thai QR of Bill Payment (EMVCo Merchant-Presented Mode, tag 30 of the Bank of
Thailand): whom to pay, for which case, how much."""

import re
from binascii import crc_hqx

BILL_PAYMENT = "A000000677010112"
BAHT, THAILAND = "764", "TH"
STATIC, DYNAMIC = "11", "12"


def bill_payment(*, biller_id: str, reference: str, baht: int | None = None) -> str:
    """`biller_id` has 15 digits (or 13); `reference` is given as people read it, and travels in
    capitals and digits only. Without an amount the payer types it."""
    ref_1 = re.sub("[^0-9A-Z]", "", reference.upper())
    payee = _field("00", BILL_PAYMENT) + _field("01", biller_id) + _field("02", ref_1)
    parts = [
        _field("00", "01"),
        _field("01", STATIC if baht is None else DYNAMIC),
        _field("30", payee),
        _field("53", BAHT),
        "" if baht is None else _field("54", f"{baht}.00"),
        _field("58", THAILAND),
        "6304",
    ]
    body = "".join(parts)
    return f"{body}{check_sum(body)}"


def check_sum(body: str) -> str:
    """CRC-16/CCITT-FALSE over all that stands before it, its own tag and length included."""
    return f"{crc_hqx(body.encode('ascii'), 0xFFFF):04X}"


def _field(tag: str, value: str) -> str:
    return f"{tag}{len(value):02d}{value}"
