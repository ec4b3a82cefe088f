"""Pictures as phones make them, with all that phones add."""

from io import BytesIO
from typing import Any

from PIL import Image

WHERE_IT_WAS = "29.5630 N 106.5516 E, Li Hua's telephone"


def a_picture(
    colour: tuple[int, ...] = (200, 60, 20),
    size: tuple[int, int] = (640, 480),
    kind: str = "JPEG",
    **more: Any,
) -> bytes:
    """Return a picture of one colour, with a camera's remarks where its kind has room for them."""
    written = BytesIO()
    picture = Image.new("RGBA" if len(colour) == 4 else "RGB", size, colour)
    if kind == "JPEG" and not more:
        exif = Image.Exif()
        exif[0x010F] = WHERE_IT_WAS
        exif[0x0112] = 6  # held upright: to be turned by a quarter
        more = {"exif": exif, "comment": WHERE_IT_WAS.encode()}
    picture.save(written, kind, **more)
    return written.getvalue()
