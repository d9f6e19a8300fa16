"""Asking the Department of Provincial Administration whether a card is in use (facts: its service
`CheckCardByLaser`, open to approved agencies only). Off unless CARD_CHECK_BACKEND names a class."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from http import HTTPStatus
from http.client import HTTPException, HTTPSConnection
from typing import Protocol
from urllib.parse import urlsplit
from xml.sax.saxutils import escape

from django.conf import settings
from django.utils.module_loading import import_string

from core import thai_dates

URL = "https://idcard.bora.dopa.go.th/checkcardstatus/checkcardservice.asmx"
ACTION = "http://tempuri.org/CheckCardByLaser"
# An officer waits before the person's eyes; comparing by hand takes less than a minute.
SECONDS = 8
LONGEST_ANSWER = 20_000
NORMAL = 0
ENVELOPE = """<?xml version="1.0" encoding="utf-8"?>
<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body>\
<CheckCardByLaser xmlns="http://tempuri.org/"><PID>{pid}</PID><FirstName>{first}</FirstName>\
<LastName>{last}</LastName><BirthDay>{born}</BirthDay><Laser>{laser}</Laser>\
</CheckCardByLaser></soap:Body></soap:Envelope>"""


class Unreachable(Exception):
    """The service gave no answer that can be read. Never holds what was asked."""


@dataclass(frozen=True)
class Card:
    """What is on the card: 13 digits, Thai names, day of birth, the 12 characters of the back."""

    number: str
    first_name: str
    last_name: str
    born: date
    back_code: str


class CardCheck(Protocol):
    def is_valid(self, card: Card) -> bool:
        """Whether this is a card in use of this person. Raises Unreachable; at most SECONDS for
        each wait on the network, so call it outside a transaction."""


class DopaCardCheck:
    """SOAP over HTTPS; nothing of the question or the answer is logged or kept."""

    def is_valid(self, card: Card) -> bool:
        code = _code_of(self._post(_envelope(card)))
        if code is None:
            raise Unreachable
        return code == NORMAL

    def _post(self, body: bytes) -> str:
        address = urlsplit(URL)
        headers = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": f'"{ACTION}"'}
        connection = HTTPSConnection(address.netloc, timeout=SECONDS)
        try:
            connection.request("POST", address.path, body=body, headers=headers)
            answer = connection.getresponse()
            text = answer.read(LONGEST_ANSWER).decode("utf-8", "replace")
        except (OSError, HTTPException):
            # Without its cause: that could quote the question.
            raise Unreachable from None
        finally:
            connection.close()
        if answer.status != HTTPStatus.OK:
            raise Unreachable
        return text


class FakeCardCheck:
    """For tests and a demonstration: `valid` holds the back codes that are in use."""

    valid: Sequence[str] = ()
    is_down = False

    def is_valid(self, card: Card) -> bool:
        if self.is_down:
            raise Unreachable
        return card.back_code in self.valid


def backend() -> CardCheck | None:
    """The service that the settings name; None when it is off."""
    name = settings.CARD_CHECK_BACKEND
    return import_string(name)() if name else None


def _envelope(card: Card) -> bytes:
    """The birthday is YYYYMMDD of the Buddhist era."""
    text = ENVELOPE.format(
        pid=card.number,
        first=escape(card.first_name),
        last=escape(card.last_name),
        born=f"{thai_dates.buddhist_year(card.born)}{card.born:%m%d}",
        laser=card.back_code,
    )
    return text.encode()


def _code_of(text: str) -> int | None:
    """The result: 0 in use, 4 not of this person, 5 incomplete; None where it says none, or says
    that it could not look."""
    failed = re.search(r"<IsError>\s*true\s*</IsError>", text, re.IGNORECASE)
    code = re.search(r"<Code>\s*(-?[0-9]{1,4})\s*</Code>", text)
    return None if failed or code is None else int(code[1])
