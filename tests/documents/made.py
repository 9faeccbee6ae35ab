"""Files to attach: small pictures with what a camera writes, PDFs that act and that do not."""

from __future__ import annotations

import io
import zlib

from PIL import Image

#: Looked for in what is kept: stands in the EXIF of the picture below.
SECRET = "Khorog 37.4917 N 71.5544 E"


def picture(form: str = "JPEG", size: tuple[int, int] = (60, 40), *, turned: bool = False) -> bytes:
    """A picture whose EXIF tells a place, and which has a comment."""
    image = Image.new("RGB", size, (200, 30, 30))
    image.paste((20, 20, 200), (0, 0, size[0] // 2, size[1]))
    exif = Image.Exif()
    exif[0x010E] = SECRET
    exif[0x0110] = SECRET
    if turned:
        exif[0x0112] = 6
    exif.get_ifd(0x8825)[29] = SECRET
    out = io.BytesIO()
    image.save(out, form, exif=exif.tobytes(), **({"comment": SECRET} if form == "JPEG" else {}))
    return out.getvalue() + (SECRET.encode() if form == "JPEG" else b"")


def opened(content: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(content))
    image.load()
    return image


def pdf(objects: bytes = b"", packed: bytes = b"") -> bytes:
    """A PDF of one empty page, with other objects in the open and in a packed stream."""
    stream = zlib.compress(packed)
    inner = (
        b"5 0 obj << /Type /ObjStm /N 1 /First 4 /Filter /FlateDecode /Length %d >> stream\n"
        % len(stream)
    )
    return (
        b"%PDF-1.7\n1 0 obj << /Type /Catalog /Pages 2 0 R >> endobj\n"
        b"2 0 obj << /Type /Pages /Kids [] /Count 0 >> endobj\n"
        + objects
        + (inner + stream + b"\nendstream endobj\n" if packed else b"")
        + b"trailer << /Root 1 0 R >>\n%%EOF\n"
    )
