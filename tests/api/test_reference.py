"""The page for people shows the whole document and needs nothing from elsewhere."""

import re
from html.parser import HTMLParser

import httpx
import pytest

from tests.api.document import DOCUMENT


class Seen(HTMLParser):
    """What a page holds: its tags, its anchors, and where it leads."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.ids: set[str] = set()
        self.leads: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        for name, value in attrs:
            if name == "id":
                self.ids.add(str(value))
            if name in ("href", "src", "action"):
                self.leads.append(str(value))


@pytest.mark.parametrize(("lang", "word"), [("en", "Endpoints"), ("zh", "接口")])
async def test_the_page_shows_every_operation_and_leads_nowhere_else(
    client: httpx.AsyncClient, lang: str, word: str
) -> None:
    response = await client.get("/docs", headers={"Accept-Language": lang})
    seen = Seen(response.text)
    operations = {
        operation["operationId"]
        for methods in DOCUMENT["paths"].values()
        for operation in methods.values()
    }

    assert response.status_code == 200
    assert response.headers["content-language"] == lang
    assert word in response.text
    assert operations | {f"shape-{name}" for name in DOCUMENT["components"]["schemas"]} <= seen.ids
    assert not seen.tags & {"script", "img", "iframe", "link", "form", "object"}
    assert {lead for lead in seen.leads if not lead.startswith("#")} == {"/openapi.json"}
    assert {lead[1:] for lead in seen.leads if lead.startswith("#")} <= seen.ids
    assert not re.search(r"https?://", response.text.partition("<body>")[0])
    assert "default-src 'none'" in response.headers["content-security-policy"]


async def test_the_frameworks_own_pages_are_not_served(client: httpx.AsyncClient) -> None:
    for path in ("/redoc", "/docs/oauth2-redirect"):
        assert (await client.get(path)).status_code == 404
