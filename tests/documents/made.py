"""Files to attach: small pictures with what a camera writes, PDFs that act and that do not."""

from __future__ import annotations

import io
import random
import zlib

import pikepdf
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


def printed(inside: bytes = b"Zarifa needs a lawyer", *, size: int = 0) -> bytes:
    """A PDF as an office writes it: a page with text and a photo, and all that programs write beside.

    `size`: at least so many bytes more, which do not pack.
    """
    made = pikepdf.new()
    page = made.add_blank_page(page_size=(200, 200))
    photo = pikepdf.Stream(made, picture())
    photo.Type, photo.Subtype = pikepdf.Name.XObject, pikepdf.Name.Image
    photo.Width, photo.Height, photo.BitsPerComponent = 60, 40, 8
    photo.ColorSpace, photo.Filter = pikepdf.Name.DeviceRGB, pikepdf.Name.DCTDecode
    page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Photo=photo))
    page.Contents = pikepdf.Stream(made, b"BT (" + inside + b") Tj ET /Photo Do")
    page.PieceInfo = pikepdf.Dictionary(Writer=pikepdf.Dictionary(Private=SECRET))
    page.LastModified = pikepdf.String(SECRET)
    comment = pikepdf.Dictionary(
        Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Text, Rect=[0, 0, 9, 9],
        Contents="to be read", T=SECRET, NM=SECRET,
    )  # fmt: skip
    page.Annots = pikepdf.Array([made.make_indirect(comment)])
    if size:
        page.Bulk = pikepdf.Stream(made, random.Random(size).randbytes(size))
    made.Root.OpenAction = pikepdf.Array([page.obj, pikepdf.Name.Fit])
    made.Root.Metadata = pikepdf.Stream(made, b"<x:xmpmeta>" + SECRET.encode() + b"</x:xmpmeta>")
    made.trailer.Info = made.make_indirect(pikepdf.Dictionary(Author=SECRET, Title=SECRET))
    out = io.BytesIO()
    made.save(out, compress_streams=False)
    return out.getvalue()


def pdf(objects: bytes = b"", packed: bytes = b"") -> bytes:
    """A PDF of one empty page, with other objects in the open and in a packed stream."""
    stream = zlib.compress(packed)
    inner = (
        b"5 0 obj << /Type /ObjStm /N 1 /First 4 /Filter /FlateDecode /Length %d >> stream\n"
        % len(stream)
    )
    return (
        b"%PDF-1.7\n1 0 obj << /Type /Catalog /Pages 2 0 R >> endobj\n"
        b"2 0 obj << /Type /Pages /Kids [9 0 R] /Count 1 >> endobj\n"
        b"9 0 obj << /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] >> endobj\n"
        + objects
        + (inner + stream + b"\nendstream endobj\n" if packed else b"")
        + b"trailer << /Root 1 0 R >>\n%%EOF\n"
    )
