"""Bad and odd files for the documents page, as data. Each `content()` makes its bytes anew.

"refused": a sentence, nothing stored. "cleaned": stored only re-encoded, holding none of `gone`.
"either": one of the two.
"""

import io
import random
import struct
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass

from PIL import Image, PngImagePlugin

REFUSED, CLEANED, EITHER = "refused", "cleaned", "either"
SECRET = b"SECRET-IN-METADATA"
SCRIPT = b"<script>alert(1)</script>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@dataclass(frozen=True)
class Upload:
    kind: str
    name: str
    content: Callable[[], bytes]
    outcome: str
    gone: tuple[bytes, ...] = ()


def picture(kind: str = "JPEG", size: tuple[int, int] = (64, 48), **options: object) -> bytes:
    """A small good picture, no two alike: white, with a black mark at the upper left."""
    image = Image.new("RGB", size, "white")
    image.paste("black", (0, 0, size[0] // 4, size[1] // 4))
    image.putpixel((size[0] - 1, size[1] - 1), tuple(random.randbytes(3)))
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def zip_of(name: str, content: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return out.getvalue()


def huge_png(width: int = 12_000, height: int = 12_000) -> bytes:
    """144 megapixels in some 20 KB, one bit each."""
    packer = zlib.compressobj(9)
    row = b"\x00" + b"\x00" * ((width + 7) // 8)
    body = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()
    return b"".join(
        [
            b"\x89PNG\r\n\x1a\n",
            _png_chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)),
            _png_chunk(b"IDAT", body),
            _png_chunk(b"IEND", b""),
        ]
    )


def _png_chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def sideways_with_place() -> bytes:
    """64 x 48 with orientation 6 (shown upright it is 48 x 64), GPS, XMP, ICC and a comment."""
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010E] = SECRET.decode()
    exif[0x8825] = {1: "N", 2: (13.0, 43.0, 41.0), 3: "E", 4: (100.0, 31.0, 28.0)}
    xmp = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'>" + SECRET + b"</x:xmpmeta>"
    return picture(exif=exif, xmp=xmp, comment=SECRET, icc_profile=SECRET)


def png_with_text() -> bytes:
    text = PngImagePlugin.PngInfo()
    text.add_text("Comment", SECRET.decode())
    return picture("PNG", pnginfo=text)


def animated_gif() -> bytes:
    frames = [Image.new("P", (40, 30), colour) for colour in range(3)]
    out = io.BytesIO()
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:])
    return out.getvalue()


def pdf_with_script() -> bytes:
    return (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R/OpenAction<</S/JavaScript"
        b"/JS(app.alert(1))>>>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]>>endobj\n"
        b"trailer<</Root 1 0 R>>\n%%EOF" + SCRIPT
    )


def eicar() -> bytes:
    """The harmless test virus; put together here so that this file is not taken for it."""
    return b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS" + b"-TEST-FILE!$H+H*"


UPLOADS = [
    Upload("SVG", "a.svg", lambda: SVG, REFUSED),
    Upload("SVG named PNG", "a.png", lambda: SVG, REFUSED),
    Upload("HTML named JPEG", "a.jpg", lambda: b"<html>" + SCRIPT, REFUSED),
    Upload("ZIP named JPEG", "a.jpg", lambda: zip_of("a.txt", b"a"), REFUSED),
    Upload("program named JPEG", "a.jpg", lambda: b"MZ" + b"\0" * 500, REFUSED),
    Upload("text", "a.txt", lambda: b"hello", REFUSED),
    Upload("test virus", "a.jpg", eicar, REFUSED),
    Upload("office file", "a.docx", lambda: zip_of("word/document.xml", b"<a/>"), REFUSED),
    Upload("JPEG with HTML tail", "a.jpg", lambda: picture() + SCRIPT, CLEANED, (SCRIPT,)),
    Upload(
        "JPEG with ZIP tail",
        "a.jpg",
        lambda: picture() + zip_of("a.class", b"a"),
        CLEANED,
        (b"PK\x03\x04",),
    ),
    Upload(
        "GIF with JAR tail",
        "a.gif",
        lambda: animated_gif() + zip_of("a.class", b"a"),
        EITHER,
        (b"PK\x03\x04",),
    ),
    Upload("PDF with script", "a.pdf", pdf_with_script, EITHER, (SCRIPT, b"/JavaScript")),
    Upload("PNG named JPEG", "a.jpg", lambda: picture("PNG"), CLEANED),
    Upload("JPEG named PHP", "a.php", picture, EITHER),
    Upload("144 megapixels", "a.png", huge_png, REFUSED),
    Upload("30,000 pixels wide", "a.png", lambda: huge_png(30_000, 10), REFUSED),
    Upload(
        "place, orientation, comment",
        "a.jpg",
        sideways_with_place,
        CLEANED,
        (SECRET, b"Exif\0\0", b"xmpmeta", b"ICC_PROFILE"),
    ),
    Upload("text in PNG", "a.png", png_with_text, CLEANED, (SECRET,)),
    Upload("cut off", "a.jpg", lambda: picture(size=(900, 900))[:-900], REFUSED),
    Upload("header only", "a.jpg", lambda: picture()[:20], REFUSED),
    Upload("no bytes", "a.jpg", lambda: b"", REFUSED),
    Upload("11 MB", "a.jpg", lambda: picture() + b"\0" * 11_000_000, REFUSED),
]

# With a good picture each: accepted, and kept under a name made by the server.
HOSTILE_FILE_NAMES = [
    "../../x.jpg",
    "..\\..\\x.jpg",
    "/etc/passwd.jpg",
    "a.php.jpg",
    "con.jpg",
    "ก" * 300 + ".jpg",
    "abc\u202egpj.exe.jpg",
    'a";filename="b.php.jpg',
    "<img src=x onerror=alert(1)>.jpg",
    "a\r\nX-Evil: 1.jpg",
    "%2e%2e%2fx.jpg",
    ".htaccess.jpg",
    " .jpg",
]
# So many files in one request are refused: (a count over any limit, one over Django's parts).
TOO_MANY_FILES = (21, 1001)
