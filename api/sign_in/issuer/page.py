"""The sign-in page: plain, in both languages, without scripts, pictures or strangers."""

from html import escape
from typing import Any
from urllib.parse import urlsplit

from starlette.responses import HTMLResponse

from domain.words import LANGUAGES, say

_STYLE = """
:root{color-scheme:light dark;--ground:#f4f5f7;--ink:#1a1d21;--paper:#fff;--edge:#8a919c;
--chief:#0b57d0;--on-chief:#fff;--danger:#a50e0e}
@media(prefers-color-scheme:dark){:root{--ground:#0f1216;--ink:#e6eaf0;--paper:#171b21;
--edge:#5d6775;--chief:#8ab4f8;--on-chief:#0b1a33;--danger:#ff8a83}}
body{font:16px/1.5 system-ui,sans-serif;margin:0;background:var(--ground);color:var(--ink)}
main{max-width:22rem;margin:12vh auto;padding:2rem;background:var(--paper);border-radius:8px}
label{display:block;margin:1rem 0 .25rem}input{width:100%;box-sizing:border-box;padding:.6rem;
font:inherit;color:inherit;background:var(--paper);border:1px solid var(--edge);border-radius:4px}
button{margin-top:1.5rem;width:100%;padding:.7rem;font:inherit;border:0;border-radius:4px;
background:var(--chief);color:var(--on-chief)}
h1{font-size:1.3rem;margin:0}h1 span{display:inline-block}p[role=alert]{color:var(--danger)}
@media(max-width:27rem){main{margin:0 auto;padding:1.5rem;border-radius:0}}
"""


def sign_in_page(
    *,
    proof: str,
    client: str,
    goes_to: str,
    name: str = "",
    fault: str | None = None,
    **params: Any,
) -> HTMLResponse:
    """Return the page; `proof` shows later that the form is ours, `goes_to` may be gone to."""
    told = "" if fault is None else f'<p role="alert">{_both(fault, **params)}</p>'
    return _page(
        f"<h1>{_title()}</h1><p>{escape(client)}</p>{told}"
        '<form method="post">'
        f'<input type="hidden" name="proof" value="{escape(proof)}">'
        f'<label for="name">{_both("sign_in.name")}</label>'
        f'<input id="name" name="name" value="{escape(name)}" maxlength="64" required'
        ' autocomplete="username" autocapitalize="none" autofocus>'
        f'<label for="password">{_both("sign_in.password")}</label>'
        '<input id="password" name="password" type="password" maxlength="512" required'
        ' autocomplete="current-password">'
        f"<button>{_both('sign_in.go')}</button></form>",
        goes_to=goes_to,
    )


def refusal_page(fault: str) -> HTMLResponse:
    """Return a page that says why nobody can sign in this way."""
    return _page(f'<h1>{_title()}</h1><p role="alert">{escape(fault)}</p>')


def _page(inner: str, *, goes_to: str = "") -> HTMLResponse:
    parts = urlsplit(goes_to)
    # A browser holds the answer to a form, too, to where forms may go.
    there = f" {parts.scheme}://{parts.netloc}" if goes_to else ""
    return HTMLResponse(
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Relight</title>'
        '<meta name="viewport" content="width=device-width"><link rel="icon" href="data:,">'
        f"<style>{_STYLE}</style></head><body><main>{inner}</main></body></html>",
        headers={
            "Cache-Control": "no-store",
            "Content-Security-Policy": (
                "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none';"
                f" form-action 'self'{there}; frame-ancestors 'none'"
            ),
            "Referrer-Policy": "no-referrer",
            "X-Frame-Options": "DENY",
        },
    )


def _both(key: str, **params: Any) -> str:
    return " · ".join(escape(say(key, lang, **params)) for lang in LANGUAGES)


def _title() -> str:
    """Return the title in both languages; neither is broken in its middle."""
    told = (
        f'<span lang="{lang}">{escape(say("sign_in.title", lang))}</span>' for lang in LANGUAGES
    )
    return " · ".join(told)
