"""A file is what its bytes say; pictures lose all but their pixels; bombs and acting files are refused."""

from __future__ import annotations

import contextlib
import io
import struct
import subprocess
import zlib
from pathlib import Path
from random import Random

import pikepdf
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from tests.documents.made import SECRET, opened, pdf, picture, printed
from workflows.errors import FileRefused
from workflows.file_checks import JPEG, PDF, PNG, WEBP, examine
from workflows.pdf_rewriting import bare_jpeg

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


@pytest.mark.asvs("5.2.6", "15.2.2")
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


@pytest.mark.asvs("14.2.8")
def test_a_pdf_loses_all_that_programs_and_cameras_wrote_beside_it() -> None:
    given_ = printed()
    assert given_.count(SECRET.encode()) >= 7
    found = examine(given_, most=MOST)
    assert found.media_type == PDF
    assert SECRET.encode() not in found.content
    for word in (b"/Info", b"/Metadata", b"/PieceInfo", b"/OpenAction", b"CreationDate"):
        assert word not in found.content
    with pikepdf.open(io.BytesIO(found.content)) as kept:
        (page,) = kept.pages
        assert b"Zarifa needs a lawyer" in page.Contents.read_bytes()
        assert str(page.Annots[0].Contents) == "to be read"
        photo = opened(page.Resources.XObject.Photo.read_raw_bytes())
        assert (photo.size, photo.convert("RGB").getpixel((5, 20))[2] > 150) == ((60, 40), True)
        assert not photo.getexif()


def test_what_was_overwritten_in_a_pdf_is_gone() -> None:
    """A later state is written behind the earlier one: a reader shows the last, the file keeps both."""
    first = printed(b"lives at 12 Rudaki Street")
    with pikepdf.open(io.BytesIO(first)) as pdf:
        page = pdf.pages[0].Contents.objgen[0]
        start = first.rfind(b"startxref") + 10
    later = b"%d 0 obj << /Length 9 >> stream\nBT (x) Tj\nendstream endobj\n" % page
    table = b"xref\n%d 1\n%010d 00000 n \n" % (page, len(first))
    with pikepdf.open(io.BytesIO(first)) as pdf:
        root = pdf.Root.objgen[0]
    previous = int(first[start:].split(b"\n")[0])
    trailer = b"trailer << /Size 99 /Root %d 0 R /Prev %d >>\n" % (root, previous)
    ends = b"startxref\n%d\n%%%%EOF\n" % (len(first) + len(later))
    both = first + later + table + trailer + ends
    with pikepdf.open(io.BytesIO(both)) as pdf:
        assert pdf.pages[0].Contents.read_bytes() == b"BT (x) Tj"
    assert b"Rudaki" in both
    assert b"Rudaki" not in examine(both, most=MOST).content


def browser_pdf(folder: Path) -> bytes:
    """What Chromium prints: names its program, its time and the page's title."""
    page = folder / "page.html"
    page.write_text(f"<title>{SECRET}</title><p>A letter <a href='https://example.org'>here</a>")
    out = folder / "page.pdf"
    command = ["chromium", "--headless", "--no-sandbox", "--no-pdf-header-footer"]
    subprocess.run(  # our own words
        [*command, f"--user-data-dir={folder}/chromium", f"--print-to-pdf={out}", page.as_uri()],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    return out.read_bytes()


@pytest.mark.browser
def test_a_pdf_that_a_browser_printed_tells_no_longer_by_what_and_when(tmp_path: Path) -> None:
    given_ = browser_pdf(tmp_path)
    with pikepdf.open(io.BytesIO(given_)) as before:
        assert str(before.docinfo["/Title"]) == SECRET
        assert {"/Creator", "/CreationDate"} <= set(before.docinfo.keys())
    with pikepdf.open(io.BytesIO(examine(given_, most=MOST).content)) as kept:
        assert not kept.docinfo.keys()
        assert len(kept.pages) == 1


ACTING = [
    b"<< /S /JavaScript /JS (app.alert(1)) >>",
    b"<< /S /J#61vaScript >>",
    b"<< /A [ << /B << /S /Launch /F (cmd.exe) >> >> ] >>",
    b"<< /Type /EmbeddedFile >>",
    b"<< /XFA [ (form) ] >>",
    b"<< /Encrypt << /V 1 >> >>",
]


@pytest.mark.parametrize("words", ACTING)
def test_a_pdf_that_acts_carries_files_or_is_locked_is_refused(words: bytes) -> None:
    assert reason(pdf(b"3 0 obj " + words + b" endobj\n")) == "active"
    for packed in (pikepdf.ObjectStreamMode.disable, pikepdf.ObjectStreamMode.generate):
        assert reason(holding(words, packed)) == "active"
        # What is refused is the acting, not the packing.
        harmless = examine(holding(b"<< /S /GoTo >>", packed), most=MOST).content
        assert b"/GoTo" in harmless


def holding(words: bytes, packed: pikepdf.ObjectStreamMode) -> bytes:
    """An office's PDF with one more object, in the open or packed among others."""
    with pikepdf.open(io.BytesIO(printed())) as made:
        made.Root.Kept = made.make_indirect(pikepdf.Object.parse(words))
        out = io.BytesIO()
        made.save(out, object_stream_mode=packed)
    return out.getvalue()


@pytest.mark.parametrize("password", ["", "secret"])
def test_a_locked_pdf_is_refused_whether_or_not_it_opens(password: str) -> None:
    with pikepdf.open(io.BytesIO(printed())) as made:
        out = io.BytesIO()
        made.save(out, encryption=pikepdf.Encryption(owner="owner", user=password))
    assert reason(out.getvalue()) == "active"


@pytest.mark.asvs("5.2.3", "15.2.2")
def test_a_pdf_whose_packed_objects_are_a_bomb_is_refused() -> None:
    with pikepdf.open(io.BytesIO(printed())) as made:
        for _ in range(50):
            made.Root[f"/Kept{_}"] = made.make_indirect(pikepdf.String("a" * 1_000_000))
        out = io.BytesIO()
        made.save(out, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    assert len(out.getvalue()) < 1_000_000
    assert reason(out.getvalue()) == "broken"


def test_bytes_that_look_like_names_in_pictures_are_no_acts() -> None:
    with pikepdf.open(io.BytesIO(printed(b"/JS /Launch /EmbeddedFile "))) as made:
        out = io.BytesIO()
        made.save(out, compress_streams=False)
    assert b"/Launch " in out.getvalue()
    with pikepdf.open(io.BytesIO(examine(out.getvalue(), most=MOST).content)) as kept:
        assert b"/Launch " in kept.pages[0].Contents.read_bytes()


@pytest.mark.parametrize("progressive", [False, True])
def test_a_jpeg_keeps_every_pixel_when_it_is_bared(progressive: bool) -> None:
    out = io.BytesIO()
    noise = Image.frombytes("RGB", (64, 64), Random(4).randbytes(64 * 64 * 3))
    told = {"comment": SECRET, "exif": Image.open(io.BytesIO(picture())).getexif()}
    noise.save(out, "JPEG", progressive=progressive, restart_marker_blocks=4, **told)
    bare = bare_jpeg(out.getvalue() + SECRET.encode())
    assert SECRET.encode() in out.getvalue()
    assert SECRET.encode() not in bare
    assert opened(bare).tobytes() == opened(out.getvalue()).tobytes()


@given(st.binary(max_size=200))
def test_no_bytes_stop_the_jpeg_from_being_bared(rest: bytes) -> None:
    bare_jpeg(b"\xff\xd8" + rest)


@given(
    st.sampled_from([b"%PDF-1.4", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF\x10\0\0\0WEBP"]),
    st.binary(max_size=300),
)
def test_no_bytes_make_the_check_fail_in_another_way(head: bytes, rest: bytes) -> None:
    with contextlib.suppress(FileRefused):
        examine(head + rest, most=MOST)
