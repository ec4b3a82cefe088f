"""`relight openapi`: the interface's document, and what would break for clients of the last one."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from domain.words import say
from relight.settings import CODE, load_settings

_NAMES = ("properties", "schemas", "paths", "responses", "headers", "links")
_WORDS = ("description", "example", "examples", "links", "summary", "tags", "title", "x-codes")
_WIDTH = 100
RELEASED = CODE / "docs" / "openapi" / "v1.json"


def register(app: typer.Typer) -> None:
    """Add the command."""

    @app.command("openapi")
    def openapi_command(
        *,
        write: Annotated[bool, typer.Option("--write", help="keep it as released")] = False,
        check: Annotated[bool, typer.Option("--check", help="say what would break")] = False,
        against: Annotated[Path, typer.Option(help="the released document")] = RELEASED,
    ) -> None:
        """Print the document of the interface, keep it, or check it against the released one."""
        if check:
            raise typer.Exit(report(against, load_settings().language))
        if write:
            against.parent.mkdir(parents=True, exist_ok=True)
            against.write_text(canonical(bare(document())) + "\n", encoding="utf-8")
        else:
            typer.echo(canonical(document()))


def document() -> dict[str, Any]:
    """Return the document as the api serves it."""
    from api.app import described

    return described().openapi()


def canonical(value: Any, margin: str = "") -> str:
    """Write a document so that the same one is always the same text; what is short, in one line."""
    line = json.dumps(value, ensure_ascii=False, sort_keys=True)
    if not isinstance(value, dict | list) or not value or len(margin) + len(line) <= _WIDTH:
        return line
    deeper = f"{margin} "
    if isinstance(value, list):
        parts, (begin, end) = [canonical(item, deeper) for item in value], "[]"
    else:
        items, (begin, end) = sorted(value.items()), "{}"
        parts = [f"{json.dumps(name)}: {canonical(item, deeper)}" for name, item in items]
    inner = f",\n{deeper}".join(parts)
    return f"{begin}\n{deeper}{inner}\n{margin}{end}"


def bare(value: Any, *, names: bool = False) -> Any:
    """Return a document without what promises nothing: words and examples; `names` are kept."""
    if isinstance(value, list):
        return [bare(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        name: bare(item, names=not names and name in _NAMES)
        for name, item in value.items()
        if names or name not in _WORDS
    }


def report(released: Path, language: str) -> int:
    """Say in sentences what broke since a document was released; returns 1 when something did."""
    broken = sentences(json.loads(released.read_text(encoding="utf-8")), document(), language)
    if not broken:
        typer.echo(say("breaking.none", language))
        return 0
    typer.echo(say("breaking.heading", language, count=len(broken)))
    for sentence in broken:
        typer.echo(f"- {sentence}")
    return 1


def sentences(old: dict[str, Any], new: dict[str, Any], language: str) -> list[str]:
    """Return what broke between two documents, one sentence each."""
    from api.breaking import breaks

    return [
        say(f"breaking.{each.code}", language, where=each.where, what=each.what)
        for each in breaks(old, new)
    ]
