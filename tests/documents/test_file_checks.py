"""A file is what its bytes say; pictures lose all but their pixels; bombs and acting files are refused."""

from __future__ import annotations

import contextlib
import io
import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from tests.documents.made import SECRET, opened, pdf, picture
from workflows.errors import FileRefused
from workflows.file_checks import JPEG, PDF, PNG, WEBP, examine

MOST = 10 * 1024 * 1024


def reason(content: bytes, most: int = MOST) -> str:
    with pytest.raises(FileRefused) as refused:
        examine(content, most=most)
    return str(refused.value.params["reason"])


@pytest.mark.parametrize(("form", "kind"), [("JPEG", JPEG), ("PNG", PNG), ("WEBP", WEBP)])
def test_a_picture_keeps_its_pixels_and_nothing_a_camera_wrote(form: str, kind: str) -> None:
    given_ = picture(form)
    assert SECRET.encode() in given_
    found = examine(given_, most=MOST)
    assert found.media_type == kind
    assert SECRET.encode() not in found.content
    kept = opened(found.content)
    assert not kept.getexif()
    assert {"exif", "comment", "xmp", "icc_profile"} & set(kept.info) == set()
    assert kept.size == (60, 40)
    assert kept.convert("RGB").getpixel((5, 20))[2] > 150
    assert kept.convert("RGB").getpixel((55, 20))[0] > 150


def test_a_picture_held_sideways_is_turned_before_that_is_forgotten() -> None:
    kept = opened(examine(picture(turned=True), most=MOST).content)
    assert kept.size == (40, 60)


def test_a_picture_in_a_mode_that_the_format_lacks_is_kept_readable() -> None:
    out = io.BytesIO()
    Image.new("CMYK", (8, 8), (0, 200, 200, 0)).save(out, "JPEG")
    assert opened(examine(out.getvalue(), most=MOST).content).mode == "RGB"
    out = io.BytesIO()
    Image.new("P", (8, 8)).save(out, "PNG", transparency=0)
    assert opened(examine(out.getvalue(), most=MOST).content).mode == "RGBA"


def png_of(width: int, height: int) -> bytes:
    """A few bytes that claim to be a picture of any size."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack("!I", len(data)) + kind + data + struct.pack("!I", zlib.crc32(kind + data))
        )

    head = struct.pack("!IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(b"\x00" * 1000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


@pytest.mark.asvs("5.2.6")
@pytest.mark.parametrize("size", [(8000, 5001), (60_000, 60_000), (2**31 - 1, 2)])
def test_a_picture_with_too_many_pixels_is_refused_before_it_is_decoded(
    size: tuple[int, int],
) -> None:
    assert reason(png_of(*size)) in {"too_many_pixels", "broken"}


def test_a_moving_picture_is_refused() -> None:
    out = io.BytesIO()
    frames = [Image.new("RGB", (8, 8), (n * 90, 0, 0)) for n in range(3)]
    frames[0].save(out, "PNG", save_all=True, append_images=frames[1:])
    assert reason(out.getvalue()) == "moving"


@pytest.mark.asvs("1.3.4", "5.2.2")
@pytest.mark.parametrize(
    "content",
    [
        b"GIF89a....",
        b"<svg xmlns=''/>",
        b"<!doctype html>",
        b"PK\x03\x04zip",
        b"MZ\x90",
        b"text",
        b"RIFF1234WAVE",
    ],
)
def test_what_is_not_on_the_list_is_refused_whatever_it_is_called(content: bytes) -> None:
    assert reason(content) == "unknown_kind"


@pytest.mark.asvs("5.2.1", "5.2.2")
def test_an_empty_a_large_and_a_cut_file_are_refused() -> None:
    assert reason(b"") == "empty"
    assert reason(picture(), most=100) == "too_large"
    assert reason(picture("PNG")[:60]) == "broken"
    assert reason(b"\xff\xd8\xff" + b"no picture") == "broken"
    assert reason(b"%PDF-1.7\nnothing") == "broken"


def test_a_plain_pdf_is_kept_as_it_is() -> None:
    found = examine(pdf(packed=b"1 0 << /Type /Page >>"), most=MOST)
    assert (found.media_type, found.content) == (PDF, pdf(packed=b"1 0 << /Type /Page >>"))


ACTING = [
    b"3 0 obj << /S /JavaScript /JS (app.alert(1)) >> endobj\n",
    b"3 0 obj << /S /J#61vaScript >> endobj\n",
    b"3 0 obj << /S /Launch /F (cmd.exe) >> endobj\n",
    b"3 0 obj << /Type /EmbeddedFile >> endobj\n",
    b"3 0 obj << /XFA 4 0 R >> endobj\n",
    b"3 0 obj << /Encrypt 4 0 R >> endobj\n",
]


@pytest.mark.parametrize("objects", ACTING)
def test_a_pdf_that_acts_carries_files_or_is_locked_is_refused(objects: bytes) -> None:
    assert reason(pdf(objects)) == "active"
    assert reason(pdf(packed=objects)) == "active"


@pytest.mark.asvs("5.2.3")
def test_a_pdf_whose_packed_objects_are_a_bomb_or_cannot_be_read_is_refused() -> None:
    assert reason(pdf(packed=b"\x00" * (40 * 1024 * 1024))) == "active"
    assert (
        reason(pdf(packed=b"1 0 null").replace(zlib.compress(b"1 0 null"), b"garbage!")) == "active"
    )


@given(
    st.sampled_from([b"%PDF-1.4", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF\x10\0\0\0WEBP"]),
    st.binary(max_size=300),
)
def test_no_bytes_make_the_check_fail_in_another_way(head: bytes, rest: bytes) -> None:
    with contextlib.suppress(FileRefused):
        examine(head + rest, most=MOST)
