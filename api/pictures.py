"""Pictures as they come in: known by their content, turned upright, rid of all that cameras add."""

import hashlib
import struct
from io import BytesIO

from PIL import Image, ImageOps, UnidentifiedImageError

from api.problems import Problem
from store.photos import Picture

MOST_BYTES = 8 * 1024 * 1024
MOST_PIXELS = 50_000_000
SIDE_PX = 2560
THUMBNAIL_PX = 320
MEDIA_TYPE = "image/jpeg"
FORMATS = ("JPEG", "PNG", "WEBP")
_WHITE = (255, 255, 255)
# What the library raises over bytes that are no whole picture.
_UNREADABLE = (UnidentifiedImageError, OSError, SyntaxError, ValueError, struct.error)
_BOMBS = (Image.DecompressionBombError, Image.DecompressionBombWarning)


def digest_of(sent: bytes) -> str:
    """Return the digest of bytes as they came in."""
    return hashlib.sha256(sent).hexdigest()


def read(sent: bytes) -> Picture:
    """Return a picture as it is kept: at most 2,560 pixels long, nothing but the picture in it.

    Raises Problem photo_too_large, photo_unreadable, photo_too_many_pixels. It takes a processor
    and memory by the pixels: not work for the loop that serves others.
    """
    if len(sent) > MOST_BYTES:
        raise Problem("photo_too_large", pointer="/photo", limit=MOST_BYTES)
    try:
        with Image.open(BytesIO(sent), formats=FORMATS) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                raise _too_many_pixels()
            # Of a JPEG only as much is decoded as will be kept.
            opened.draft("RGB", (SIDE_PX, SIDE_PX))
            upright = _plain(ImageOps.exif_transpose(opened))
    except _BOMBS as bomb:
        raise _too_many_pixels() from bomb
    except _UNREADABLE as fault:
        raise Problem("photo_unreadable", pointer="/photo") from fault
    upright.thumbnail((SIDE_PX, SIDE_PX))
    small = upright.copy()
    small.thumbnail((THUMBNAIL_PX, THUMBNAIL_PX))
    image = _jpeg(upright, 88)
    return Picture(image, _jpeg(small, 80), upright.width, upright.height, digest_of(image))


def _too_many_pixels() -> Problem:
    return Problem("photo_too_many_pixels", pointer="/photo", limit=MOST_PIXELS)


def _plain(picture: Image.Image) -> Image.Image:
    """Return the picture alone on white: no position, no device, no comment, no profile."""
    bare = Image.new("RGB", picture.size, _WHITE)
    if picture.has_transparency_data:
        clear = picture.convert("RGBA")
        bare.paste(clear, mask=clear)
    else:
        bare.paste(picture.convert("RGB"))
    return bare


def _jpeg(picture: Image.Image, quality: int) -> bytes:
    written = BytesIO()
    picture.save(written, "JPEG", quality=quality, optimize=True)
    return written.getvalue()
