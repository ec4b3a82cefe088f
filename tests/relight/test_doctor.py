"""The doctor: every finding has words in both languages and, when bad, a way to mend it."""

import ast
import json
import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from google.protobuf.duration_pb2 import Duration
from sqlalchemy import Engine, text
from temporalio.api.namespace.v1 import NamespaceConfig
from temporalio.api.workflowservice.v1 import UpdateNamespaceRequest
from temporalio.client import Client

from domain.words import LANGUAGES, catalogue
from relight import checks, doctor
from relight.checks import Finding, Level, examine
from relight.servers.namespace import ask, prepare_namespace
from relight.servers.ports import free_port
from relight.servers.temporal import TemporalServer
from relight.settings import CODE, Settings, load_settings


@pytest.fixture
def settings(
    tmp_path: Path, own_engine: Engine, temporal_dev: TemporalServer
) -> Iterator[Settings]:
    yield load_settings(
        running=False,
        state_dir=tmp_path,
        database_url=own_engine.url.render_as_string(hide_password=False),
        temporal_address=temporal_dev.address,
    )
    ask(prepare_namespace(temporal_dev.address, "relight"))


def found(settings: Settings) -> dict[str, Level]:
    return {finding.key: finding.level for finding in examine(settings)}


def test_a_sound_installation_has_nothing_bad(settings: Settings) -> None:
    findings = found(settings)

    assert Level.BAD not in findings.values(), findings
    assert {"database", "migrations", "no_dead_letters", "temporal", "clock"} <= set(findings)


def test_the_disk_is_looked_at_where_private_servers_keep_their_data(settings: Settings) -> None:
    assert "disk" not in found(settings)

    (settings.state_dir / "postgres").mkdir()

    assert "disk" in found(settings)


def test_missing_servers_are_found(settings: Settings) -> None:
    port = free_port()
    findings = found(
        settings.model_copy(
            update={
                "database_url": f"postgresql+psycopg://a:b@127.0.0.1:{port}/c",
                "temporal_address": f"127.0.0.1:{port}",
                "api_port": port,
            }
        )
    )

    silent = {"database_silent", "temporal_silent", "api_silent"}
    assert {key for key, level in findings.items() if level is Level.BAD} == silent


def test_a_schema_that_is_behind_is_found(settings: Settings, own_engine: Engine) -> None:
    with own_engine.begin() as connection:
        connection.execute(text("DELETE FROM alembic_version"))

    assert found(settings)["migrations_missing"] is Level.BAD


def test_a_schema_of_a_newer_version_is_told(settings: Settings, own_engine: Engine) -> None:
    with own_engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    assert found(settings)["schema_newer"] is Level.WARNING


def test_dead_letters_are_found(settings: Settings, own_engine: Engine) -> None:
    with own_engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO outbox (kind, key, body, at, available_at, attempts, dead_at)"
                " VALUES ('stir', 'board/x', '{}', now(), now(), 9, now())"
            )
        )

    assert found(settings)["dead_letters"] is Level.BAD


def test_what_waits_too_long_is_found(settings: Settings, own_engine: Engine) -> None:
    assert found(settings)["nothing_waits"] is Level.GOOD
    with own_engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO outbox (kind, key, body, at, available_at)"
                " VALUES ('stir', 'board/x', '{}', now(), now() - interval '2 minutes')"
            )
        )

    findings = found(settings)

    assert findings["messages_wait"] is Level.BAD
    assert "nothing_waits" not in findings


def test_a_namespace_that_forgets_too_soon_is_found(
    settings: Settings, temporal_dev: TemporalServer
) -> None:
    async def shorten() -> None:
        client = await Client.connect(temporal_dev.address, namespace="relight")
        day = Duration()
        day.FromTimedelta(timedelta(days=1))
        await client.workflow_service.update_namespace(
            UpdateNamespaceRequest(
                namespace="relight", config=NamespaceConfig(workflow_execution_retention_ttl=day)
            )
        )

    ask(shorten())

    assert found(settings)["retention_short"] is Level.BAD


def test_a_namespace_that_is_absent_is_found(settings: Settings) -> None:
    other = settings.model_copy(update={"temporal_namespace": "nowhere"})

    assert found(other)["namespace_missing"] is Level.BAD


def test_a_broken_policy_file_is_found_by_name(settings: Settings, tmp_path: Path) -> None:
    policies = tmp_path / "policies"
    shutil.copytree(CODE / "policies", policies)
    (policies / "bent.toml").write_text("name = [")
    findings = examine(settings.model_copy(update={"policy_dir": policies}))
    refused = [finding for finding in findings if finding.key == "policy_refused"]

    assert len(refused) == 1
    assert "bent.toml" in doctor.sentence(refused[0], "en")


def test_an_unknown_policy_is_found(settings: Settings) -> None:
    findings = found(settings.model_copy(update={"policy": "wishful"}))

    assert findings["policy_unknown"] is Level.BAD


def test_every_finding_has_words_and_a_way_to_mend_it_in_both_languages() -> None:
    keys = set()
    for module in (checks, doctor):
        assert module.__file__ is not None
        for node in ast.walk(ast.parse(Path(module.__file__).read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Finding":
                first = node.args[0]
                assert isinstance(first, ast.Constant)
                always_good = len(node.args) == 1
                keys.add((f"doctor.{first.value}", always_good))

    for language in LANGUAGES:
        words = catalogue(language)
        assert not [key for key, _ in keys if key not in words]
        assert not [key for key, good in keys if not good and f"{key}_mend" not in words]


def test_the_document_says_what_is_wrong_and_how_to_mend_it() -> None:
    document = json.loads(
        doctor.as_document([Finding("python", params={"version": "3"}), BEHIND], "en")
    )

    assert document["healthy"] is False
    assert document["findings"][0]["mend"] is None
    assert "relight migrate" in document["findings"][1]["mend"]


BEHIND = Finding("migrations_missing", Level.BAD)
