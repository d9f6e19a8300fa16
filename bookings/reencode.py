"""Makes a picture or PDF new, in a process of its own with little memory and time:
`python -m bookings.reencode IN OUT`. Nothing of the original file remains: no EXIF, no colour
profile, no text or script of a PDF, no tail behind the picture.

Prints one line of JSON: {"kind", "pages", "hint"}, or {"error"} with a code of Unreadable."""

import json
import resource
import sys
import warnings
from pathlib import Path

import pi_heif
import pypdfium2  # type: ignore[import-untyped]
from PIL import Image, ImageFilter, ImageOps, ImageStat, UnidentifiedImageError

FORMATS = ["JPEG", "PNG", "HEIF"]
MAX_PIXELS = 25_000_000
MAX_SIDE = 10_000
LONG_SIDE = 2_500
QUALITY = 85
MAX_PAGES = 10
DPI = 150
# Measured: the largest allowed picture with transparency takes 0.4 GB, a PDF of ten such 0.5 GB.
MEMORY_BYTES = 1_500_000_000
CPU_SECONDS = 30

SMALL_SIDE = 700
DARK_MEAN = 60
BLURRED_EDGES = 30


class Unreadable(Exception):
    """`code`: "type" (not a kind we take), "broken" (damaged, locked, too large), "pages"."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def reencode(source: Path, target: Path) -> dict[str, object]:
    """Write the new file and say what it is. Raises Unreadable."""
    with source.open("rb") as file:
        is_pdf = file.read(64).lstrip().startswith(b"%PDF-")
    if is_pdf:
        first, *others = _pages(source)
        first.save(
            target,
            "PDF",
            save_all=True,
            append_images=others,
            resolution=DPI,
            quality=QUALITY,
            title="",
        )
        return {"kind": "pdf", "pages": 1 + len(others), "hint": ""}
    picture = _picture(source)
    picture.save(target, "JPEG", quality=QUALITY)
    return {"kind": "jpg", "pages": 1, "hint": _hint(picture)}


def _picture(source: Path) -> Image.Image:
    try:
        with Image.open(source, formats=FORMATS) as opened:
            width, height = opened.size
            if width * height > MAX_PIXELS or max(width, height) > MAX_SIDE:
                raise Unreadable("broken")
            return _plain(ImageOps.exif_transpose(opened))
    except UnidentifiedImageError:
        raise Unreadable("type") from None
    except (
        OSError,
        ValueError,
        SyntaxError,
        RuntimeError,
        MemoryError,
        Image.DecompressionBombError,
        Image.DecompressionBombWarning,
    ):
        raise Unreadable("broken") from None


def _pages(source: Path) -> list[Image.Image]:
    try:
        document = pypdfium2.PdfDocument(source)
        if len(document) > MAX_PAGES:
            raise Unreadable("pages")
        pages = [_plain(_rendered(page)) for page in document]
    except (pypdfium2.PdfiumError, OSError, ValueError, MemoryError):
        raise Unreadable("broken") from None
    if not pages:
        raise Unreadable("broken")
    return pages


def _rendered(page: pypdfium2.PdfPage) -> Image.Image:
    scale = min(DPI / 72, LONG_SIDE / max(*page.get_size(), 1))
    return page.render(scale=scale).to_pil()


def _plain(picture: Image.Image) -> Image.Image:
    """Only the pixels, on white, at most LONG_SIDE long. A new image, because the old one would
    carry its comment into the file."""
    picture.thumbnail((LONG_SIDE, LONG_SIDE))
    fresh = Image.new("RGB", picture.size, "white")
    if picture.has_transparency_data:
        rgba = picture.convert("RGBA")
        fresh.paste(rgba, mask=rgba.getchannel("A"))
    else:
        fresh.paste(picture.convert("RGB"))
    return fresh


def _hint(picture: Image.Image) -> str:
    """What might make it hard to read; never a reason to refuse it."""
    if min(picture.size) < SMALL_SIDE:
        return "small"
    grey = picture.convert("L")
    grey.thumbnail((1_000, 1_000))
    if ImageStat.Stat(grey).mean[0] < DARK_MEAN:
        return "dark"
    if ImageStat.Stat(grey.filter(ImageFilter.FIND_EDGES)).var[0] < BLURRED_EDGES:
        return "blurred"
    return ""


def main(source: str, target: str) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    Image.MAX_IMAGE_PIXELS = MAX_PIXELS
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    pi_heif.register_heif_opener()
    try:
        answer = reencode(Path(source), Path(target))
    except Unreadable as unreadable:
        answer = {"error": unreadable.code}
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    main(*sys.argv[1:])
