"""The menu below the chat, drawn by ourselves (six areas), and the poster with the QR code."""

import json
import re
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import quote

import segno
import typst
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, override

from offices.models import Office

Json = dict[str, Any]

WIDTH, HEIGHT, COLUMNS, ROWS = 2500, 1686, 3, 2
NAME = "nadkhet"
TEMPLATES = Path(__file__).parent / "typst"
FONTS = settings.BASE_DIR / "static" / "fonts" / "print"
ICONS = settings.BASE_DIR / "static" / "icons.svg"
POINTS_AN_INCH = 72


@dataclass(frozen=True)
class Area:
    """One field of the menu: what stands in it, and what pressing it says or opens."""

    label: str
    icon: str
    says: str = ""
    page: str = ""

    @property
    def words(self) -> str:
        return _(self.label)

    @property
    def action(self) -> Json:
        if self.page:
            return {"type": "uri", "label": self.words, "uri": f"{settings.SITE_URL}{self.page}"}
        return {"type": "message", "label": self.words, "text": self.says}


AREAS = (
    Area(gettext_noop("Certified copies"), "files", says="เมนู"),
    Area(gettext_noop("My requests"), "clock-history", says="สถานะ"),
    Area(gettext_noop("Book a time"), "calendar-check", says="นัดหมาย"),
    Area(gettext_noop("Ask or ask for a visit"), "chat-dots", says="5"),
    Area(gettext_noop("My account"), "person-vcard", says="บัญชี"),
    Area(gettext_noop("Tell a friend"), "megaphone", page="/line/share/"),
)


def menu() -> Json:
    """The menu as LINE takes it, in Thai as the account speaks."""
    wide, high = WIDTH // COLUMNS, HEIGHT // ROWS
    with override("th"):
        return {
            "size": {"width": WIDTH, "height": HEIGHT},
            "selected": True,
            "name": NAME,
            "chatBarText": _("Menu"),
            "areas": [
                {
                    "bounds": {
                        "x": number % COLUMNS * wide,
                        "y": number // COLUMNS * high,
                        "width": wide,
                        "height": high,
                    },
                    "action": area.action,
                }
                for number, area in enumerate(AREAS)
            ],
        }


def picture() -> bytes:
    """The menu's picture, a PNG of 2500 by 1686."""
    with override("th"):
        areas = [{"label": area.words, "icon": _icon(area.icon)} for area in AREAS]
    data = {"width": WIDTH, "height": HEIGHT, "areas": areas}
    return _compiled("richmenu", data, format="png", ppi=POINTS_AN_INCH)


def poster(office: Office, *, account: str, format: str = "pdf") -> bytes:
    """An A4 page, PDF or PNG, with the QR code that adds the office's account."""
    address = f"https://line.me/R/ti/p/{quote(account)}"
    drawing = BytesIO()
    segno.make(address, error="q").save(drawing, kind="svg", border=0, dark="#14231d")
    with override("th"):
        data = {
            "title": _("Talk to us in LINE"),
            "office": office.full_name,
            "lead": _("Certified copies, appointments and questions, at any time of day"),
            "how": _("Scan with LINE, or search for %(account)s") % {"account": account},
            "free": _("Free of charge. Never send pictures of your card in the chat"),
            "phone": _("Telephone %(phone)s") % {"phone": office.phone},
            "qr": drawing.getvalue().decode(),
        }
    return _compiled("poster", data, format=format, ppi=200)


def _icon(name: str) -> str:
    """A drawing of the site's own set, white."""
    found = re.search(
        rf'<symbol id="{name}" viewBox="([^"]+)"[^>]*>(.*?)</symbol>', ICONS.read_text(), re.DOTALL
    )
    if found is None:
        raise KeyError(name)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{found[1]}" fill="#ffffff">'
        f"{found[2]}</svg>"
    )


def _compiled(template: str, data: Json, **how: Any) -> bytes:
    return bytes(
        typst.compile(
            TEMPLATES / f"{template}.typ",
            root=TEMPLATES,
            font_paths=[FONTS],
            ignore_system_fonts=True,
            sys_inputs={"data": json.dumps(data)},
            **how,
        )
    )
