"""`relight policy`: what is promised, whether a file is sound, and what changes between two."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from domain.policy import Fault, Policy, PolicyError, line_of
from domain.policy_changes import Change, changes, name_of, value_of
from domain.policy_review import Remark, review
from domain.words import catalogue, say
from relight.packs import files_in, packs_in, read_policy
from relight.settings import Settings, SettingsRefused, load_settings

LAW = "regulatory_floor"
"""The installed policy whose arrivals nobody should promise less than."""

tools = typer.Typer(
    name="policy", help="List, show, check and compare policies.", no_args_is_help=True
)
AsJson = Annotated[bool, typer.Option("--json", help="one JSON document instead of words")]
Which = Annotated[str, typer.Argument(help="an installed name, a file, or a kept digest")]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.add_typer(tools)


@dataclass(frozen=True)
class Found:
    """A policy by whatever it was asked for."""

    policy: Policy
    digest: str


@tools.command("list")
def list_command(*, as_json: AsJson = False) -> None:
    """List the installed policies and what they promise."""
    settings = load_settings()
    packs = [read for _, read in packs_in(settings.policy_dir) if isinstance(read, Policy)]
    if as_json:
        _print([_brief(each) for each in packs])
        return
    for each in packs:
        typer.echo(_line(each, settings))


@tools.command("show")
def show_command(which: Which, *, as_json: AsJson = False) -> None:
    """Show one policy whole: what it promises, its sources, and every key in words."""
    settings = load_settings()
    found = _found(which, settings)
    if as_json:
        _print({**_brief(found.policy), "text": found.policy.model_dump(mode="json")})
        return
    language = settings.language
    typer.echo(_line(found.policy, settings))
    typer.echo(say("policy.sources", language))
    for source in found.policy.sources:
        typer.echo(f"  {source}")
    plain = {"name", "version", "title_en", "title_zh", "sources"}
    for change in changes(None, found.policy):
        if change.key not in plain:
            value = value_of(change.key, change.new, language)
            typer.echo(f"  {name_of(change.key, language)}: {value}")


@tools.command("check")
def check_command(
    files: Annotated[
        list[Path] | None, typer.Argument(help="policy files; all installed ones if none")
    ] = None,
) -> None:
    """Say every fault of policy files, with file and line; the exit code is 1 if there is any."""
    settings = load_settings()
    law = _law(settings)
    sound = [_check(file, law, settings) for file in files or files_in(settings.policy_dir)]
    if not all(sound):
        raise typer.Exit(1)


@tools.command("diff")
def diff_command(old: Which, new: Which, *, as_json: AsJson = False) -> None:
    """Say what changes from one policy to another, in words and numbers."""
    settings = load_settings()
    before, after = _found(old, settings), _found(new, settings)
    found = changes(before.policy, after.policy)
    if as_json:
        _print(
            {
                "old": _brief(before.policy),
                "new": _brief(after.policy),
                "changes": [_change(each, settings.language) for each in found],
            }
        )
        return
    named = {"old": _title(before), "new": _title(after)}
    typer.echo(say("policy.diff", settings.language, **named))
    for each in found:
        told = _change(each, settings.language)
        lines = told["said"] if each.key != "sources" else "".join(_sources(each))
        typer.echo(f"  {told['words']}: {lines}")
    if not found:
        typer.echo(say("policy.same", settings.language))


def _found(which: str, settings: Settings) -> Found:
    """Return a policy by installed name, file or digest; refuses what is none of them."""
    file = settings.policy_dir / f"{which}.toml"
    try:
        if not file.is_file():
            file = Path(which)
        if file.is_file():
            policy = read_policy(file)
            return Found(policy, policy.digest())
    except PolicyError as error:
        raise SettingsRefused(_told(file, error, settings.language)) from error
    if len(which) >= 8 and not set(which) - set("0123456789abcdef"):
        found = _kept(which, settings)
        if found is not None:
            return found
    raise SettingsRefused(say("policy.not_found", settings.language, name=which))


def _kept(which: str, settings: Settings) -> Found | None:
    from sqlalchemy.orm import Session

    from store import policies
    from store.engine import connect

    if settings.database_url is None:
        raise SettingsRefused(say("doctor.no_database_address", settings.language))
    engine = connect(settings.database_url, connections=1, name="policy")
    try:
        with Session(engine) as session:
            hashes = policies.hashes_like(session, which)
            if len(hashes) > 1:
                raise SettingsRefused(say("policy.not_one", settings.language, name=which))
            return Found(policies.pinned(session, hashes[0]), hashes[0]) if hashes else None
    finally:
        engine.dispose()


def _law(settings: Settings) -> Policy | None:
    try:
        return read_policy(settings.policy_dir / f"{LAW}.toml")
    except PolicyError:
        return None


def _check(file: Path, law: Policy | None, settings: Settings) -> bool:
    language = settings.language
    try:
        policy = read_policy(file)
    except PolicyError as error:
        typer.echo(_told(file, error, language), err=True)
        return False
    named = {"name": policy.name, "version": policy.version}
    typer.echo(say("policy.sound", language, file=file, **named))
    text = file.read_text(encoding="utf-8")
    for remark in review(policy, law):
        typer.echo(_remark(remark, file, text, language), err=True)
    return True


def _remark(remark: Remark, file: Path, text: str, language: str) -> str:
    words = {
        name: say(f"{kind}.{value}", language) if kind else value
        for name, value in remark.params.items()
        for kind in [_KINDS.get(name)]
    }
    said = say(f"policy.remark.{remark.code}", language, **words)
    where = {"file": file, "line": line_of(text, remark.key), "place": ".".join(remark.key)}
    return say("policy.warning", language, **where, said=said)


_KINDS = {"near": "area_class", "far": "area_class", "low": "told", "high": "told"}
"""Parameters of remarks that are names of the trade, and the sections of their words."""


def _told(file: Path, error: PolicyError, language: str) -> str:
    return "\n".join(_fault(file, fault, language) for fault in error.faults)


def _fault(file: Path, fault: Fault, language: str) -> str:
    key = f"policy.fault.{fault.code}"
    known = key in catalogue(language)
    said = say(key, language, **fault.params) if known else fault.said
    where = {"file": file, "line": fault.line, "place": fault.key or "–"}
    return say("policy.fault_line", language, **where, said=said)


def _line(policy: Policy, settings: Settings) -> str:
    """Return what a policy promises, on two lines."""
    language = settings.language
    title = policy.title_zh if language == "zh" else policy.title_en
    told = [promise(policy, language)]
    if policy.name == settings.policy:
        told.append(say("policy.used", language))
    named = f"{policy.name} {policy.version} · {policy.digest()[:12]} · {title}"
    return f"{named}\n  {' · '.join(told)}"


def promise(policy: Policy, language: str) -> str:
    """Return the arrivals a policy promises, and its means where it has them."""
    told = [say("policy.ceiling", language, **policy.arrival_min.model_dump())]
    if policy.mean is not None:
        told.append(say("policy.mean", language, **policy.mean.arrival_min.model_dump()))
        if policy.mean.restoration_min is not None:
            restored = policy.mean.restoration_min.model_dump()
            told.append(say("policy.restoration", language, **restored))
    return "; ".join(told)


def _title(found: Found) -> str:
    return f"{found.policy.name} {found.policy.version} ({found.digest[:12]})"


def _brief(policy: Policy) -> dict[str, Any]:
    told = policy.model_dump(
        mode="json",
        include={
            "name", "version", "title_en", "title_zh", "counted", "sources", "arrival_min", "mean",
        },
    )  # fmt: skip
    return {**told, "digest": policy.digest()}


def _change(change: Change, language: str) -> dict[str, Any]:
    old = value_of(change.key, change.old, language)
    new = value_of(change.key, change.new, language)
    return {
        "key": change.key,
        "words": name_of(change.key, language),
        "old": change.old,
        "new": change.new,
        "said": say("policy.diff", language, old=old, new=new),
    }


def _sources(change: Change) -> Iterator[str]:
    """Yield the sources that go and those that come, a line each."""
    old, new = change.old or [], change.new or []
    yield from (f"\n    - {each}" for each in old if each not in new)
    yield from (f"\n    + {each}" for each in new if each not in old)


def _print(document: Any) -> None:
    typer.echo(json.dumps(document, ensure_ascii=False, indent=2))
