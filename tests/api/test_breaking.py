"""Nothing that worked by the released document stops working, and whatever would is found."""

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest

from api.breaking import breaks
from domain.words import LANGUAGES, catalogue
from relight.openapi import RELEASED, bare, canonical, report, sentences
from tests.api.document import DOCUMENT

Document = dict[str, Any]
Change = Callable[[Document], Any]


def released() -> Document:
    return json.loads(RELEASED.read_text(encoding="utf-8"))


def test_nothing_released_is_broken() -> None:
    assert sentences(released(), DOCUMENT, "en") == []


def test_the_released_document_is_written_canonically_and_without_words() -> None:
    assert RELEASED.read_text(encoding="utf-8") == canonical(bare(released())) + "\n"
    assert json.loads(canonical(DOCUMENT)) == DOCUMENT
    assert breaks(DOCUMENT, bare(DOCUMENT)) == breaks(bare(DOCUMENT), DOCUMENT) == []
    assert len(canonical(bare(DOCUMENT))) < len(canonical(DOCUMENT)) * 0.8


def at(document: Document, *path: str) -> Any:
    for part in path:
        document = document[part]
    return document


def operation(document: Document, path: str, method: str = "get") -> Any:
    return document["paths"][path][method]


def shape(document: Document, name: str) -> Any:
    return document["components"]["schemas"][name]


def parameter(document: Document, path: str, name: str) -> Any:
    found = operation(document, path)["parameters"]
    return next(each for each in found if each["name"] == name)


REPORT = "/v1/reports"
OUTAGES = "/v1/outages"
OUTAGE = "/v1/outages/{outage_id}"
NEEDED = {"name": "zone", "in": "query", "required": True, "schema": {"type": "string"}}

BROKEN: dict[str, tuple[str, Change]] = {
    "a path goes": ("endpoint_gone", lambda d: d["paths"].pop(REPORT)),
    "a method goes": ("endpoint_gone", lambda d: d["paths"][REPORT].pop("get")),
    "a name changes": ("renamed", lambda d: operation(d, OUTAGE).update(operationId="x")),
    "a role goes": ("role_shut_out", lambda d: operation(d, OUTAGE)["x-roles"].remove("crew")),
    "a door is built": (
        "sign_in_needed",
        lambda d: operation(d, "/healthz").update(security=[{"bearer": []}]),
    ),
    "a parameter goes": (
        "parameter_gone",
        lambda d: operation(d, OUTAGES)["parameters"].remove(parameter(d, OUTAGES, "live")),
    ),
    "a parameter is needed": (
        "parameter_required",
        lambda d: parameter(d, OUTAGES, "district").update(required=True),
    ),
    "a parameter is added and needed": (
        "parameter_required",
        lambda d: operation(d, OUTAGES)["parameters"].append(NEEDED),
    ),
    "a limit is lowered": (
        "narrowed",
        lambda d: parameter(d, OUTAGES, "limit")["schema"].update(maximum=100),
    ),
    "a body is needed": (
        "body_required",
        lambda d: at(d, "paths", "/v1/pages/{page_id}/acknowledge", "post", "requestBody").update(
            required=True
        ),
    ),
    "a field of a body is needed": (
        "field_required",
        lambda d: shape(d, "ReportBody")["required"].append("note"),
    ),
    "a field of a body goes": (
        "field_gone",
        lambda d: shape(d, "ReportBody")["properties"].pop("note"),
    ),
    "a field of a body is shorter": (
        "narrowed",
        lambda d: shape(d, "ReportBody")["properties"]["source"].update(maxLength=10),
    ),
    "a field of a body may not be null": (
        "narrowed",
        lambda d: shape(d, "ReportBody")["properties"].update(note={"type": "string"}),
    ),
    "a value goes": ("value_gone", lambda d: shape(d, "Channel")["enum"].remove("meter")),
    "an action goes": ("narrowed", lambda d: shape(d, "AnyAction")["oneOf"].pop()),
    "an order's field is needed": (
        "field_required",
        lambda d: shape(d, "AcceptOrderBody")["required"].append("tasks"),
    ),
    "a field of an answer goes": (
        "field_gone",
        lambda d: shape(d, "OutageBrief")["properties"].pop("etr"),
    ),
    "a field of an answer may be missing": (
        "field_optional",
        lambda d: shape(d, "OutageBrief")["required"].remove("etr"),
    ),
    "a field of an answer may be null": (
        "widened",
        lambda d: shape(d, "OutageBrief")["properties"].update(
            number={"anyOf": [{"type": "integer"}, {"type": "null"}]}
        ),
    ),
    "a field of an answer is of another type": (
        "widened",
        lambda d: shape(d, "OutageBrief")["properties"].update(number={"type": "string"}),
    ),
    "a success is new": (
        "status_new",
        lambda d: operation(d, OUTAGE)["responses"].update({"203": {"description": "x"}}),
    ),
    "a class of answers is new": (
        "status_new",
        lambda d: operation(d, OUTAGE)["responses"].update({"301": {"description": "x"}}),
    ),
    "a success goes": (
        "status_gone",
        lambda d: operation(d, "/v1/callbacks/next")["responses"].pop("204"),
    ),
    "a header goes": (
        "header_gone",
        lambda d: at(operation(d, OUTAGE), "responses", "200", "headers").pop("ETag"),
    ),
    "a form of answers goes": (
        "media_gone",
        lambda d: at(operation(d, OUTAGE), "responses", "200", "content").pop("application/json"),
    ),
}

KEPT: dict[str, Change] = {
    "a path is added": lambda d: d["paths"].update({"/v1/new": {"get": operation(d, OUTAGE)}}),
    "a parameter is added": lambda d: operation(d, OUTAGES)["parameters"].append(
        NEEDED | {"required": False}
    ),
    "a field of a body is added": lambda d: shape(d, "ReportBody")["properties"].update(
        new={"type": "string"}
    ),
    "a field of an answer is added": lambda d: shape(d, "OutageBrief")["properties"].update(
        new={"type": "string"}
    ),
    "a value is added": lambda d: shape(d, "Channel")["enum"].append("pigeon"),
    "a refusal is added": lambda d: operation(d, OUTAGE)["responses"].update(
        {"418": {"description": "x"}}
    ),
    "a limit is raised": lambda d: parameter(d, OUTAGES, "limit")["schema"].update(maximum=500),
    "a field of an answer may no longer be null": lambda d: shape(d, "OutageBrief")[
        "properties"
    ].update(etr={"type": "string", "format": "date-time"}),
    "a role is let in": lambda d: operation(d, OUTAGE)["x-roles"].append("customer"),
    "an action is added": lambda d: shape(d, "AnyAction")["oneOf"].append(
        {"$ref": "#/components/schemas/ShiftBody"}
    ),
}


def changed(change: Change) -> Document:
    document = copy.deepcopy(DOCUMENT)
    change(document)
    return document


@pytest.mark.parametrize("name", BROKEN)
def test_what_breaks_is_found(name: str) -> None:
    code, change = BROKEN[name]
    found = breaks(DOCUMENT, changed(change))

    assert {each.code for each in found} == {code}, found
    assert sentences(DOCUMENT, changed(change), "zh") != sentences(DOCUMENT, changed(change), "en")


@pytest.mark.parametrize("name", KEPT)
def test_what_is_only_added_breaks_nothing(name: str) -> None:
    assert breaks(DOCUMENT, changed(KEPT[name])) == []


def test_every_break_has_a_sentence_in_every_language() -> None:
    tried = {f"breaking.{code}" for code, _ in BROKEN.values()}
    for lang in LANGUAGES:
        known = {key for key in catalogue(lang) if key.startswith("breaking.")}
        assert known - {"breaking.none", "breaking.heading"} == tried


def test_the_command_says_what_broke_and_fails(tmp_path: Any, capsys: Any) -> None:
    old = copy.deepcopy(DOCUMENT)
    old["paths"]["/v1/gone"] = {"get": operation(old, OUTAGE)}
    file = tmp_path / "old.json"
    file.write_text(json.dumps(old))

    assert report(file, "en") == 1
    assert "GET /v1/gone is gone." in capsys.readouterr().out
    file.write_text(json.dumps(DOCUMENT))
    assert report(file, "en") == 0
