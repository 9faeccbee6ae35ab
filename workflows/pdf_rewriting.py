"""A PDF written anew from the objects that it still uses: without metadata, earlier states and whatever acts.

qpdf (through pikepdf) reads it, within limits of memory, and writes it again. Gone are the document's
information, XMP, the private data of programs, thumbnails, what runs when it is opened, names and times of
comments, what was deleted or overwritten before, and what a camera wrote into its JPEG and JPEG 2000
pictures, also where they were packed once more. One that runs something, carries files, or is itself locked
is refused (ISO 32000-1: 12.6.4, 7.11.4, 7.6). What stays: text and comments that can be read.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from typing import Any

import pikepdf
from pikepdf import settings

from workflows.errors import FileRefused
from workflows.jpeg2000 import bare_jpeg2000

#: What makes a PDF act, or carry other files: as a key or as a name, wherever it stands.
_ACTS = frozenset(
    (
        *("/JavaScript", "/JS", "/Launch", "/EmbeddedFile", "/EmbeddedFiles", "/RichMedia"),
        *("/XFA", "/ImportData", "/SubmitForm", "/GoToE", "/Encrypt"),
    )
)
#: What tells of its making, or acts by itself when it is opened: taken out, the document stays readable.
_DROPPED = frozenset(
    (
        *("/Metadata", "/PieceInfo", "/LastModified", "/Thumb", "/SpiderInfo"),
        *("/OpenAction", "/AA"),
    )
)
#: Who wrote a comment, and when. In a field of a form `/T` is its name, and stays.
_OF_COMMENTS = ("/T", "/M", "/CreationDate", "/NM")
#: More objects than a file of ten megabytes has; each costs some microseconds.
_MOST_OBJECTS = 100_000
#: Bytes that one packed stream may unpack to while the file is read.
_MOST_UNPACKED = 32 * 1024 * 1024
_APP0, _ADOBE, _COMMENT, _SCAN, _END = 0xE0, 0xEE, 0xFE, 0xDA, 0xD9

settings.set_qpdf_limits(
    doc_max_warnings=100,
    flate_max_memory=_MOST_UNPACKED,
    png_max_memory=_MOST_UNPACKED,
    tiff_max_memory=_MOST_UNPACKED,
    run_length_max_memory=_MOST_UNPACKED,
    dct_max_memory=_MOST_UNPACKED,
    parser_max_container_size=1_000_000,
)


def rewritten(content: bytes) -> bytes:
    """The PDF written anew.

    Raises:
        FileRefused: `reason` is `active`, or `broken` where it cannot be read, has no page, or unpacks to
            more than a document does.
    """
    over = settings.qpdf_limit_errors()
    try:
        with pikepdf.open(io.BytesIO(content)) as pdf:
            if pdf.is_encrypted:
                raise FileRefused(reason="active")
            if len(pdf.objects) > _MOST_OBJECTS or len(pdf.pages) == 0:
                raise FileRefused(reason="broken")
            _clean(pdf)
            out = io.BytesIO()
            pdf.save(
                out,
                object_stream_mode=pikepdf.ObjectStreamMode.disable,
                stream_decode_level=pikepdf.StreamDecodeLevel.none,
                fix_metadata_version=False,
                deterministic_id=True,
            )
    except pikepdf.PasswordError:
        raise FileRefused(reason="active") from None
    except (pikepdf.PdfError, ValueError, TypeError, KeyError, RuntimeError, MemoryError):
        # Its text may repeat bytes of the file.
        raise FileRefused(reason="broken") from None
    if settings.qpdf_limit_errors() != over:
        raise FileRefused(reason="broken")
    return out.getvalue()


def _clean(pdf: pikepdf.Pdf) -> None:
    """Take out what tells of the making. Raises `FileRefused` for what acts."""
    if "/Info" in pdf.trailer:
        del pdf.trailer["/Info"]
    for found in pdf.objects:
        for part in _parts(found):
            if isinstance(part, pikepdf.Name):
                if str(part) in _ACTS:
                    raise FileRefused(reason="active")
                continue
            _bare(part)


def _parts(found: Any) -> Iterator[Any]:
    """Names, dictionaries and streams within one object; what it only refers to comes by itself."""
    waiting = [found]
    while waiting:
        part = waiting.pop()
        if isinstance(part, pikepdf.Name):
            yield part
        elif isinstance(part, pikepdf.Array):
            waiting += [one for one in part if not getattr(one, "is_indirect", False)]
        elif isinstance(part, pikepdf.Dictionary | pikepdf.Stream):
            yield part
            values = [part[key] for key in part.keys()]  # noqa: SIM118  # a stream is not a mapping
            waiting += [one for one in values if not getattr(one, "is_indirect", False)]


def _bare(part: Any) -> None:
    keys = set(part.keys())
    if keys & _ACTS:
        raise FileRefused(reason="active")
    gone = keys & _DROPPED
    if {"/Rect", "/Subtype"} <= keys and part["/Subtype"] != pikepdf.Name.Widget:
        gone |= keys & set(_OF_COMMENTS)
    for key in gone:
        del part[key]
    if isinstance(part, pikepdf.Stream):
        _bare_picture(part)


def _bare_picture(part: pikepdf.Stream) -> None:
    """Clean a stream that holds a picture as a camera or a scanner made it, also if it was packed again."""
    found = part.get("/Filter")
    filters = list(found) if isinstance(found, pikepdf.Array) else [found]
    pictures = [str(name) for name in filters if str(name) in _PICTURES]
    if not pictures:
        return
    if len(pictures) > 1 or str(filters[-1]) != pictures[0]:
        raise FileRefused(reason="broken")
    raw = part.read_raw_bytes()
    told: Any = part.get("/DecodeParms")
    each = list(told) if isinstance(told, pikepdf.Array) else [told][len(filters) - 1 :]
    # How colours are meant belongs to the picture, and stays with it.
    own = each[-1] if each and isinstance(each[-1], pikepdf.Dictionary) else None
    inside = _unpacked(part, raw, filters[:-1], told) if len(filters) > 1 else raw
    kept = _PICTURES[pictures[0]](inside)
    if kept != raw or len(filters) > 1:
        part.write(kept, filter=pikepdf.Name(pictures[0]), decode_parms=own)


def _unpacked(part: pikepdf.Stream, raw: bytes, filters: list[Any], told: Any) -> bytes:
    told = pikepdf.Array(list(told)[:-1]) if isinstance(told, pikepdf.Array) else None
    part.write(raw, filter=pikepdf.Array(filters), decode_parms=told)
    return part.read_bytes()


def bare_jpeg(content: bytes) -> bytes:
    """The JPEG without what was written beside its pixels, these untouched (ISO/IEC 10918-1, annex B).

    Only JFIF and Adobe's note on colour stay of the segments for applications. What is no JPEG of whole
    segments comes back as it is: no reader shows it as a picture either.
    """
    if not content.startswith(b"\xff\xd8"):
        return content
    kept, at = [b"\xff\xd8"], 2
    while at + 4 <= len(content) and content[at] == 0xFF:
        marker = content[at + 1]
        if marker == _END:
            return b"".join((*kept, b"\xff\xd9"))
        end = at + 2 + int.from_bytes(content[at + 2 : at + 4], "big")
        if marker == _SCAN:
            end = _after_scan(content, end)
        told = marker == _COMMENT or (_APP0 < marker <= 0xEF and marker != _ADOBE)
        if not told:
            kept.append(content[at:end])
        at = end
    if content[at : at + 2] == b"\xff\xd9":
        return b"".join((*kept, b"\xff\xd9"))
    return content


#: How a picture of each filter is cleaned.
_PICTURES: dict[str, Callable[[bytes], bytes]] = {
    "/DCTDecode": bare_jpeg,
    "/DCT": bare_jpeg,
    "/JPXDecode": bare_jpeg2000,
}


def _after_scan(content: bytes, at: int) -> int:
    """Where the next marker is: within a scan 0xFF is followed by 0 or by a restart marker."""
    while True:
        at = content.find(b"\xff", at)
        if at < 0 or at + 1 >= len(content):
            return len(content)
        if content[at + 1] == 0 or 0xD0 <= content[at + 1] <= 0xD7:
            at += 2
        elif content[at + 1] == 0xFF:
            at += 1
        else:
            return at
