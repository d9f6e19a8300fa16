"""Draw the menu of the LINE account and the poster with its QR code; put the menu into LINE."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from core import line
from core.line import LineError
from line_channel import richmenu
from offices.models import Office


class Command(BaseCommand):
    help = "Draw the menu below the chat and, with LINE_BASIC_ID, the poster with the QR code."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", nargs="?", default="", help="where the drawings are written")
        parser.add_argument(
            "--register", action="store_true", help="make it the menu that everybody sees"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        folder = Path(options["folder"] or Path(settings.BASE_DIR) / "var" / "line")
        folder.mkdir(parents=True, exist_ok=True)
        picture = richmenu.picture()
        self._write(folder / "menu.png", picture)
        if settings.LINE_BASIC_ID:
            office = Office.objects.get(slug=settings.LINE_OFFICE)
            for kind in ("pdf", "png"):
                drawn = richmenu.poster(office, account=settings.LINE_BASIC_ID, format=kind)
                self._write(folder / f"poster.{kind}", drawn)
        else:
            self.stdout.write("poster: not drawn, LINE_BASIC_ID names no account")
        if options["register"]:
            self._register(picture)

    def _write(self, path: Path, drawing: bytes) -> None:
        path.write_bytes(drawing)
        self.stdout.write(f"written: {path}")

    def _register(self, picture: bytes) -> None:
        try:
            made = line.set_rich_menu(richmenu.menu(), picture)
        except LineError as error:
            raise CommandError(f"LINE did not take the menu: {error}") from error
        self.stdout.write(f"menu in LINE: {made}")
