"""What a file is, by its first bytes and never by its name; pictures drawn anew without what a camera wrote.

Taken are PDF, JPEG, PNG and WebP. A picture is decoded within a limit of pixels, turned as it was held, and
encoded again from its pixels alone: place, time, device, thumbnails, comments and what was hidden behind its
end are gone (ASVS 5.2.2, 5.2.6, 14.2.8). A PDF is written anew (`workflows.pdf_rewriting`), but not one that
runs something, carries files, or is itself locked.
"""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass

from PIL import Image, ImageOps

from workflows.errors import FileRefused
from workflows.pdf_rewriting import rewritten

PDF, JPEG, PNG, WEBP = "application/pdf", "image/jpeg", "image/png", "image/webp"
ENDINGS = {PDF: "pdf", JPEG: "jpg", PNG: "png", WEBP: "webp"}
#: 40 megapixels: a telephone's photo, and 120 MB while it is decoded.
MOST_PIXELS = 40_000_000
_QUALITY = 90
_FORMATS = {JPEG: "JPEG", PNG: "PNG", WEBP: "WEBP"}
_MODES = {"JPEG": ("L", "RGB"), "PNG": ("L", "RGB", "RGBA"), "WEBP": ("RGB", "RGBA")}


@dataclass(frozen=True)
class Examined:
    """A file that may be kept, as it is kept."""

    media_type: str
    content: bytes


def examine(content: bytes, *, most: int) -> Examined:
    """What the file is, and what of it is kept; `most` is the largest size in bytes.

    Raises:
        FileRefused: `reason` is empty, too_large, unknown_kind, broken, too_many_pixels, moving or active.
    """
    if not content:
        raise FileRefused(reason="empty")
    if len(content) > most:
        raise FileRefused(reason="too_large")
    kind = media_type(content)
    if kind is None:
        raise FileRefused(reason="unknown_kind")
    kept = _pdf(content) if kind == PDF else redrawn(content, kind)
    if len(kept) > most:
        raise FileRefused(reason="too_large")
    return Examined(kind, kept)


def media_type(content: bytes) -> str | None:
    """The kind of a file by its first bytes; None for all that is not taken."""
    if content.startswith(b"%PDF-"):
        return PDF
    if content.startswith(b"\xff\xd8\xff"):
        return JPEG
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return WEBP
    return None


def redrawn(content: bytes, kind: str) -> bytes:
    """The picture encoded again from its pixels. Raises `FileRefused`."""
    form = _FORMATS[kind]
    try:
        with warnings.catch_warnings(), Image.open(io.BytesIO(content), formats=(form,)) as opened:
            # Our own limit, below, is asked before anything is decoded.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            if opened.width * opened.height > MOST_PIXELS:
                raise FileRefused(reason="too_many_pixels")
            # A telephone's JPEG may carry a second picture for depth; it is left out like all else.
            if kind != JPEG and getattr(opened, "n_frames", 1) > 1:
                raise FileRefused(reason="moving")
            opened.load()
            upright = ImageOps.exif_transpose(opened)
            bare = _bare(upright, form)
    except Image.DecompressionBombError:
        raise FileRefused(reason="too_many_pixels") from None
    except (
        OSError,
        ValueError,
        SyntaxError,
        EOFError,
        KeyError,
        TypeError,
        IndexError,
        MemoryError,
    ):
        # What Pillow raises for a picture that is none; its text may repeat bytes of the file.
        raise FileRefused(reason="broken") from None
    out = io.BytesIO()
    bare.save(out, form, quality=_QUALITY) if form != "PNG" else bare.save(out, form)
    return out.getvalue()


def _bare(picture: Image.Image, form: str) -> Image.Image:
    """The pixels alone, in a mode that the format has."""
    if picture.mode not in _MODES[form]:
        clear = "A" in picture.getbands() or "transparency" in picture.info
        picture = picture.convert("RGBA" if clear and "RGBA" in _MODES[form] else "RGB")
    bare = Image.new(picture.mode, picture.size)
    bare.paste(picture)
    return bare


def _pdf(content: bytes) -> bytes:
    """The PDF written anew. Raises `FileRefused`."""
    end = content.rfind(b"%%EOF")
    if end < 0 or len(content) - end > 1024:
        raise FileRefused(reason="broken")
    return rewritten(content)
