"""The page `/docs`: the OpenAPI document as plain HTML, without a script and without the net."""

import base64
import hashlib
import json
from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse

from api.answers.base import CODES
from api.language import language_of
from domain.words import say

PATH = "/docs"
_STYLE = (
    ":root{color-scheme:light dark}summary>code{font-weight:600;overflow-wrap:anywhere}"
    "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}"
    "code,pre{font:14px/1.4 ui-monospace,monospace}pre{overflow-x:auto;padding:.5rem;"
    "border:1px solid #999}summary{cursor:pointer;padding:.3rem 0}td{padding:.1rem .8rem .1rem 0;"
    "vertical-align:top}.gone{text-decoration:line-through}"
)
_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
_HEADERS = {
    "Content-Security-Policy": f"default-src 'none'; style-src 'sha256-{_HASH}'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
}


def open_reference(app: FastAPI) -> None:
    """Serve the page of an application's document in the reader's language."""
    pages: dict[str, str] = {}

    async def reference(request: Request) -> HTMLResponse:
        lang = language_of(request)
        if lang not in pages:
            pages[lang] = page(app.openapi(), lang)
        return HTMLResponse(pages[lang], headers=_HEADERS | {"Content-Language": lang})

    app.add_api_route(PATH, reference, include_in_schema=False)


def page(document: Mapping[str, Any], lang: str) -> str:
    """Return a document as one page."""
    title = escape(document["info"]["title"])
    body = "".join((*_operations(document, lang), *_shapes(document, lang)))
    return (
        f'<!doctype html><html lang="{lang}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{title}</title><style>{_STYLE}</style></head><body><h1>{title}</h1>"
        f"<p>{escape(document['info']['summary'])}</p>"
        f'<p><a href="/openapi.json">/openapi.json</a></p>{body}</body></html>'
    )


def _operations(document: Mapping[str, Any], lang: str) -> Iterator[str]:
    yield f"<h2>{_word('endpoints', lang)}</h2>"
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            gone = ' class="gone"' if operation.get("deprecated") else ""
            name = escape(f"{method.upper()} {path}")
            yield (
                f'<details id="{escape(operation["operationId"])}"><summary{gone}>'
                f"<code>{name}</code> {escape(operation.get('description', ''))}</summary>"
            )
            yield from _operation(operation, lang)
            yield "</details>"


def _operation(operation: Mapping[str, Any], lang: str) -> Iterator[str]:
    roles = ", ".join(operation.get("x-roles", ())) or say("reference.open", lang)
    yield f"<p>{_word('roles', lang)}: {escape(roles)}</p>"
    rows = [
        (f"{each['name']} ({each['in']})", each.get("description", ""), each["schema"])
        for each in operation.get("parameters", ())
    ]
    if rows:
        yield f"<h4>{_word('parameters', lang)}</h4><table>"
        for name, told, schema in rows:
            cells = f"<td><code>{escape(name)}</code></td><td>{_shape(schema)}</td>"
            yield f"<tr>{cells}<td>{escape(told)}</td></tr>"
        yield "</table>"
    for media, content in operation.get("requestBody", {}).get("content", {}).items():
        yield f"<h4>{_word('body', lang)}: {escape(media)}, {_shape(content['schema'])}</h4>"
        yield _example(content)
    yield f"<h4>{_word('answers', lang)}</h4>"
    for status, answer in operation["responses"].items():
        codes = ", ".join(answer.get(CODES, ())) or answer["description"]
        shapes = [
            _shape(content.get("schema", {})) for content in answer.get("content", {}).values()
        ]
        told = "" if CODES in answer else " ".join(shapes)
        yield f"<p><code>{status}</code> {escape(codes)} {told}</p>"
        yield from (_example(content) for content in answer.get("content", {}).values())


def _shapes(document: Mapping[str, Any], lang: str) -> Iterator[str]:
    yield f"<h2>{_word('shapes', lang)}</h2>"
    for name, schema in sorted(document["components"]["schemas"].items()):
        yield f'<details id="shape-{escape(name)}"><summary><code>{escape(name)}</code></summary>'
        yield f"{_text(schema)}</details>"


def _shape(schema: Mapping[str, Any]) -> str:
    """Name a shape, with a link to where it stands."""
    if "$ref" in schema:
        name = escape(schema["$ref"].rpartition("/")[2])
        return f'<a href="#shape-{name}">{name}</a>'
    parts = schema.get("anyOf") or schema.get("oneOf")
    if parts:
        return " | ".join(_shape(part) for part in parts)
    if "items" in schema:
        return f"[{_shape(schema['items'])}]"
    return escape(str(schema.get("const", schema.get("type", ""))))


def _example(content: Mapping[str, Any]) -> str:
    return _text(content["example"]) if "example" in content else ""


def _text(value: Any) -> str:
    return f"<pre>{escape(json.dumps(value, ensure_ascii=False, indent=2))}</pre>"


def _word(name: str, lang: str) -> str:
    return escape(say(f"reference.{name}", lang))
