"""What counts as a photo: known by its content, bounded, and made no larger than it is useful."""

from collections.abc import AsyncIterator
from io import BytesIO

import httpx
import pytest
from PIL import Image
from sqlalchemy import Engine

from api import pictures
from tests.api.crew_photos import DESK, an_outage, refusal, send
from tests.pictures import a_picture


@pytest.fixture
async def outage(client: httpx.AsyncClient, demo: Engine) -> AsyncIterator[str]:
    async with an_outage(client, demo) as opened:
        yield opened


@pytest.mark.parametrize(("kind", "colour"), [("PNG", (10, 200, 30, 0)), ("WEBP", (10, 20, 200))])
async def test_what_a_picture_is_shows_its_content_not_its_name(
    client: httpx.AsyncClient, outage: str, kind: str, colour: tuple[int, ...]
) -> None:
    kept = await send(client, outage, a_picture(colour, kind=kind))
    shown = await client.get(kept.json()["picture"], headers=DESK)
    red, green, blue = Image.open(BytesIO(shown.content)).getpixel((5, 5))  # type: ignore[misc]

    assert kept.status_code == 201
    assert shown.headers["content-type"] == "image/jpeg"
    # What is clear in a picture is white.
    assert min(red, green, blue) > 245 if len(colour) == 4 else blue > 150 > red


@pytest.mark.parametrize(
    "sent",
    [
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        a_picture(kind="GIF"),
        a_picture()[:700],
        b"\x00" * 100,
    ],
    ids=["script", "another kind", "half", "nothing"],
)
async def test_what_is_no_photo_is_refused_whatever_it_is_called(
    client: httpx.AsyncClient, outage: str, sent: bytes
) -> None:
    refused = await send(client, outage, sent)
    listed = await client.get(f"/v1/outages/{outage}/photos", headers=DESK)

    assert refusal(refused) == (422, "photo_unreadable")
    assert refused.json()["errors"][0]["pointer"] == "/photo"
    assert listed.json()["items"] == []


async def test_too_much_is_refused_before_it_is_unpacked(
    client: httpx.AsyncClient, outage: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    heavy = await send(client, outage, a_picture() + b"\x00" * pictures.MOST_BYTES)
    heavier = await send(client, outage, a_picture() + b"\x00" * 2 * pictures.MOST_BYTES)
    stranger = await send(client, outage, a_picture() + b"\x00" * 70_000, who={})
    wide = await send(client, outage, a_picture(size=(10_000, 5_001), quality=1))
    bomb = await send(client, outage, a_picture(size=(16_000, 16_000), kind="PNG"))

    assert refusal(heavy) == (413, "photo_too_large")
    assert refusal(heavier) == (413, "body_too_large")
    # Who does not say who they are is not listened to for long.
    assert refusal(stranger) == (413, "body_too_large")
    assert refusal(wide) == (422, "photo_too_many_pixels")
    assert refusal(bomb) == (422, "photo_too_many_pixels")


async def test_a_large_photo_is_made_smaller(client: httpx.AsyncClient, outage: str) -> None:
    kept = await send(client, outage, a_picture(size=(4_000, 3_000), quality=80))

    assert (kept.json()["width_px"], kept.json()["height_px"]) == (pictures.SIDE_PX, 1_920)
