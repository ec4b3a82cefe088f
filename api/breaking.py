"""What a client of an older OpenAPI document would stumble over in a newer one."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from api.shapes import narrowed, widened

Document = Mapping[str, Any]
_WAYS = ("get", "put", "post", "patch", "delete", "head", "options")


@dataclass(frozen=True)
class Break:
    """One thing that broke: a stable code, where it is, and what it is about."""

    code: str
    where: str
    what: str = ""


def breaks(old: Document, new: Document) -> list[Break]:
    """Return everything that worked by the old document and does not by the new one."""
    return list(_broken(old, new))


def _broken(old: Document, new: Document) -> Iterator[Break]:
    for path, methods in old["paths"].items():
        for method in (way for way in _WAYS if way in methods):
            where = f"{method.upper()} {path}"
            now = new["paths"].get(path, {}).get(method)
            if now is None:
                yield Break("endpoint_gone", where)
            else:
                yield from _operation(where, (old, methods[method]), (new, now))


def _operation(
    where: str, before: tuple[Document, Any], after: tuple[Document, Any]
) -> Iterator[Break]:
    old, new = before[1], after[1]
    if old.get("operationId") != new.get("operationId"):
        yield Break("renamed", where, f"{old.get('operationId')} > {new.get('operationId')}")
    for role in sorted(set(old.get("x-roles", ())) - set(new.get("x-roles", ()))):
        yield Break("role_shut_out", where, role)
    if new.get("security") and not old.get("security"):
        yield Break("sign_in_needed", where)
    yield from _parameters(where, before, after)
    yield from _body(where, before, after)
    yield from _answers(where, before, after)


def _parameters(
    where: str, before: tuple[Document, Any], after: tuple[Document, Any]
) -> Iterator[Break]:
    old, new = _by_name(before[1]), _by_name(after[1])
    for key, parameter in old.items():
        if key not in new:
            yield Break("parameter_gone", where, key)
            continue
        if new[key].get("required") and not parameter.get("required"):
            yield Break("parameter_required", where, key)
        yield from _shapes(
            narrowed, where, key, (before[0], parameter["schema"]), (after[0], new[key]["schema"])
        )
    for key, parameter in new.items():
        if key not in old and parameter.get("required"):
            yield Break("parameter_required", where, key)


def _by_name(operation: Any) -> dict[str, Any]:
    return {f"{each['in']} {each['name']}": each for each in operation.get("parameters", ())}


def _body(where: str, before: tuple[Document, Any], after: tuple[Document, Any]) -> Iterator[Break]:
    old, new = before[1].get("requestBody", {}), after[1].get("requestBody", {})
    if new.get("required") and not old.get("required"):
        yield Break("body_required", where)
    for media, content in old.get("content", {}).items():
        now = new.get("content", {}).get(media)
        if now is None:
            yield Break("media_gone", where, media)
        else:
            yield from _shapes(
                narrowed, where, "", (before[0], content["schema"]), (after[0], now["schema"])
            )


def _answers(
    where: str, before: tuple[Document, Any], after: tuple[Document, Any]
) -> Iterator[Break]:
    old, new = before[1]["responses"], after[1]["responses"]
    for status in sorted(set(new) - set(old)):
        if status[0] not in {known[0] for known in old} or status.startswith("2"):
            yield Break("status_new", where, status)
    for status, answer in old.items():
        if status not in new:
            if status.startswith("2"):
                yield Break("status_gone", where, status)
            continue
        yield from _answer(f"{where} {status}", (before[0], answer), (after[0], new[status]))


def _answer(
    where: str, before: tuple[Document, Any], after: tuple[Document, Any]
) -> Iterator[Break]:
    old, new = before[1], after[1]
    for name, header in old.get("headers", {}).items():
        if header.get("required") and not new.get("headers", {}).get(name, {}).get("required"):
            yield Break("header_gone", where, name)
    for media, content in old.get("content", {}).items():
        now = new.get("content", {}).get(media)
        if now is None:
            yield Break("media_gone", where, media)
        elif "schema" in content:
            schemas = (before[0], content["schema"]), (after[0], now.get("schema", {}))
            yield from _shapes(widened, where, "", *schemas)


def _shapes(
    compare: Callable[..., Iterator[tuple[str, str, str]]],
    where: str,
    name: str,
    before: tuple[Document, Any],
    after: tuple[Document, Any],
) -> Iterator[Break]:
    for code, pointer, what in compare(before, after):
        yield Break(code, f"{where} {name}{pointer}".rstrip(), what)
