"""JPEG 2000 pictures within PDFs: every pixel stays, nothing that a camera or a program wrote does."""

from __future__ import annotations

import contextlib
import io
import struct
import zlib
from random import Random
from typing import Any

import pikepdf
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from tests.documents.made import SECRET, picture
from workflows.errors import FileRefused
from workflows.file_checks import examine
from workflows.jpeg2000 import bare_jpeg2000

MOST = 10 * 1024 * 1024
SPOKEN = SECRET.encode()


def noise() -> Image.Image:
    return Image.frombytes("RGB", (70, 50), Random(2).randbytes(70 * 50 * 3))


def made(**told: Any) -> bytes:
    """A picture whose code stream has a comment, with boxes of EXIF, XMP and text before and after it."""
    out = io.BytesIO()
    noise().save(out, "JPEG2000", irreversible=False, comment=SECRET, **told)
    plain = out.getvalue()
    if plain.startswith(b"\xff\x4f"):
        return plain
    at = plain.index(b"jp2c") - 4
    exif = struct.pack(">I4s", 24 + len(SPOKEN), b"uuid") + b"JpgTiffExif->JP2" + SPOKEN
    xmp = struct.pack(">I4s", 8 + len(SPOKEN), b"xml ") + SPOKEN
    large = struct.pack(">I4sQ", 1, b"asoc", 16 + len(SPOKEN)) + SPOKEN
    return plain[:at] + exif + large + plain[at:] + xmp


def in_pdf(content: bytes, filters: list[str], told: Any = None) -> bytes:
    pdf = pikepdf.new()
    page = pdf.add_blank_page(page_size=(70, 50))
    photo = pikepdf.Stream(pdf, content)
    photo.update({"/Type": pikepdf.Name.XObject, "/Subtype": pikepdf.Name.Image})
    photo.update({"/Width": 70, "/Height": 50})
    photo.Filter = pikepdf.Array([pikepdf.Name(name) for name in filters])
    if told is not None:
        photo.DecodeParms = told
    page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Photo=photo))
    out = io.BytesIO()
    pdf.save(out, compress_streams=False, stream_decode_level=pikepdf.StreamDecodeLevel.none)
    return out.getvalue()


def photo_in(content: bytes) -> tuple[Any, bytes]:
    with pikepdf.open(io.BytesIO(content)) as pdf:
        photo = pdf.pages[0].Resources.XObject.Photo
        return str(photo.Filter), photo.read_raw_bytes()


@pytest.mark.parametrize(
    "told", [{}, {"no_jp2": True}, {"tile_size": (32, 32)}, {"progression": "RPCL"}], ids=str
)
def test_every_pixel_stays_and_every_word_goes(told: dict[str, Any]) -> None:
    given_ = made(**told)
    assert SPOKEN in given_
    bare = bare_jpeg2000(given_)
    assert SPOKEN not in bare
    assert Image.open(io.BytesIO(bare)).tobytes() == noise().tobytes()
    assert bare_jpeg2000(bare) == bare


@pytest.mark.asvs("14.2.8")
@pytest.mark.parametrize("packed", [False, True])
def test_a_pdf_is_rid_of_what_its_pictures_tell_also_where_they_are_packed_again(
    packed: bool,
) -> None:
    for content, name in ((made(), "/JPXDecode"), (picture(), "/DCTDecode")):
        inside = zlib.compress(content) if packed else content
        filters = ["/FlateDecode", name] if packed else [name]
        found = examine(in_pdf(inside, filters), most=MOST).content
        assert SPOKEN not in found
        kept, raw = photo_in(found)
        assert name in kept
        assert SPOKEN not in raw
        shown = Image.open(io.BytesIO(raw))
        shown.load()
        assert not shown.getexif()
    assert noise().tobytes() == Image.open(io.BytesIO(bare_jpeg2000(made()))).tobytes()


@pytest.mark.parametrize("packed", [False, True])
def test_how_colours_are_meant_stays_with_the_picture(packed: bool) -> None:
    meant = pikepdf.Dictionary(ColorTransform=0)
    content, filters, told = picture(), ["/DCTDecode"], meant
    if packed:
        content, filters = zlib.compress(content), ["/FlateDecode", "/DCTDecode"]
        told = pikepdf.Array([pikepdf.Dictionary(Predictor=1), meant])
    found = examine(in_pdf(content, filters, told), most=MOST).content
    assert SPOKEN not in found
    with pikepdf.open(io.BytesIO(found)) as pdf:
        assert pdf.pages[0].Resources.XObject.Photo.DecodeParms == meant


def test_no_table_of_lengths_stays_that_a_comment_has_made_wrong() -> None:
    plain = made(no_jp2=True)
    at = plain.index(b"\xff\x90")
    lengths = b"\xff\x55" + struct.pack(">HBBI", 8, 0, 0x40, len(plain) - at)
    bare = bare_jpeg2000(plain[:at] + lengths + plain[at:])
    assert lengths[:4] not in bare
    assert Image.open(io.BytesIO(bare)).tobytes() == noise().tobytes()


@pytest.mark.parametrize(
    "filters", [["/JPXDecode", "/FlateDecode"], ["/DCTDecode", "/JPXDecode"]], ids=str
)
def test_a_picture_in_an_order_that_none_has_is_refused(filters: list[str]) -> None:
    with pytest.raises(FileRefused):
        examine(in_pdf(made(), filters), most=MOST)


def test_a_cut_or_foreign_picture_refuses_the_file() -> None:
    whole = made()
    for content in (whole[: len(whole) // 2], b"GIF89a nothing", b"", whole[:40]):
        with pytest.raises(FileRefused):
            examine(in_pdf(content, ["/JPXDecode"]), most=MOST)


@given(cut=st.integers(0, 3000), put=st.binary(max_size=12))
def test_no_bytes_end_in_another_way_or_let_the_words_stay(cut: int, put: bytes) -> None:
    whole = made()
    with contextlib.suppress(ValueError):
        bare_jpeg2000(whole[:cut] + put + whole[cut + len(put) :])
