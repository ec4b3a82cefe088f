"""The compose file and the Dockerfile name what exists: commands, settings, paths, health checks.

No engine builds or runs them here; docs/deploying.md says so.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from api.routes import health
from relight.cli import COMMANDS
from relight.parts import PROCESSES
from relight.settings import CODE, PREFIX, Settings
from relight.telemetry import metrics_address

TEXT = (CODE / "docker-compose.yml").read_text()
COMPOSE: dict[str, Any] = yaml.safe_load(TEXT)
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = {name: each for name, each in SERVICES.items() if "build" in each}
DOCKERFILE = (CODE / "Dockerfile").read_text()
SETTINGS = {PREFIX + name.upper() for name in Settings.model_fields}

# What the images of others read, by their own documents and start scripts.
THEIRS = {
    "postgis/postgis": {
        "POSTGRES_USER", "POSTGRES_DB", "POSTGRES_PASSWORD_FILE", "POSTGRES_INITDB_ARGS",
    },
    "postgres": {
        "POSTGRES_USER", "POSTGRES_DB", "POSTGRES_PASSWORD_FILE", "POSTGRES_INITDB_ARGS",
    },
    "temporalio/admin-tools": set(),
    "temporalio/server": {
        "DB", "DB_PORT", "DBNAME", "VISIBILITY_DBNAME", "POSTGRES_SEEDS", "POSTGRES_USER",
        "BIND_ON_IP", "NUM_HISTORY_SHARDS", "LOG_LEVEL", "DYNAMIC_CONFIG_FILE_PATH",
    },
    "temporalio/ui": {"TEMPORAL_ADDRESS", "TEMPORAL_DEFAULT_NAMESPACE"},
}  # fmt: skip
WITH_DEFAULT = {
    "PYTHON_DIGEST", "SOURCE_DATE_EPOCH", "RELIGHT_VERSION", "RELIGHT_POLICY", "RELIGHT_TIME_ZONE",
    "RELIGHT_LANGUAGE", "RELIGHT_LOG_LEVEL", "RELIGHT_TRUSTED_PROXIES", "RELIGHT_BIND",
    "RELIGHT_PORT", "RELIGHT_BACKUPS", "RELIGHT_KEPT", "TEMPORAL_UI_PORT",
}  # fmt: skip
REQUIRED = {"RELIGHT_SECRETS", "RELIGHT_PUBLIC_URL"}


def test_the_project_has_a_name_and_every_part_a_service() -> None:
    assert COMPOSE["name"] == "relight"
    assert set(PROCESSES) < set(OURS)
    assert set(OURS) == {*PROCESSES, "migrate", "tools"}


def test_every_command_exists() -> None:
    assert all(each["command"][0] in COMMANDS for each in OURS.values())
    assert all(OURS[name]["command"] == [name] for name in PROCESSES)
    assert re.findall(r'^(?:CMD|ENTRYPOINT) \["(\w+)"\]', DOCKERFILE, re.MULTILINE) == [
        "relight", "api", "doctor",
    ]  # fmt: skip


def test_every_variable_is_a_setting_or_belongs_to_its_image() -> None:
    for name, each in SERVICES.items():
        given = set(each.get("environment", {}))
        image = each["image"].partition(":")[0]
        known = SETTINGS if name in OURS else THEIRS[image]
        assert given <= known, name
    assert set(re.findall(r"\b(RELIGHT_[A-Z_]+)=", DOCKERFILE)) <= SETTINGS


def test_every_image_is_pinned() -> None:
    for name, each in SERVICES.items():
        if name not in OURS:
            assert re.fullmatch(r"[\w./-]+:\d+[\w.-]*", each["image"]), each["image"]
    tag = re.search(r"^ARG PYTHON_TAG=(.+)$", DOCKERFILE, re.MULTILINE)
    assert tag is not None
    assert re.fullmatch(r"3\.\d+-slim-\w+", tag[1])
    node = re.search(r"^ARG NODE_TAG=(.+)$", DOCKERFILE, re.MULTILINE)
    assert node is not None
    assert re.fullmatch(r"\d+-\w+-slim", node[1])
    bases = re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE)
    python = "python:${PYTHON_TAG}${PYTHON_DIGEST}"
    node_image = "node:${NODE_TAG}${NODE_DIGEST}"
    assert bases == [python, "sources", node_image, "sources", python, "app"]


def test_the_tools_are_of_the_version_of_the_database() -> None:
    major = re.search(r"^ARG POSTGRES_MAJOR=(\d+)$", DOCKERFILE, re.MULTILINE)

    assert major is not None
    assert SERVICES["postgis"]["image"].startswith(f"postgis/postgis:{major[1]}-")


def test_what_must_be_secret_has_no_default_and_is_a_file() -> None:
    asked = re.findall(r"(?<!\$)\$\{(\w+)(:[-?])?", TEXT)
    defaulted = {name for name, how in asked if how == ":-"}

    assert defaulted == WITH_DEFAULT
    assert {name for name, how in asked if how != ":-"} == REQUIRED
    assert all(how for _, how in asked)
    for name, secret in COMPOSE["secrets"].items():
        assert secret["file"].startswith("${RELIGHT_SECRETS:?")
        assert secret["file"].endswith(f"/{name}")
    for each in SERVICES.values():
        assert set(each.get("secrets", ())) <= set(COMPOSE["secrets"])
        for name, value in each.get("environment", {}).items():
            if re.search("PASSWORD|SECRET|TOKEN|KEY|PWD", name):
                assert str(value).startswith("/run/secrets/"), name
                assert str(value).removeprefix("/run/secrets/") in each["secrets"], name
            assert not re.search(r"://[^/@]*:[^/@]*@", str(value)), name


def test_every_health_check_asks_what_exists() -> None:
    served = {route.path for route in health.router.routes}
    checks = {name: each["healthcheck"]["test"] for name, each in SERVICES.items()
              if "healthcheck" in each}  # fmt: skip
    settings = Settings(
        state_dir=Path("/run/relight"),
        metrics_address=COMPOSE["x-part"]["environment"]["RELIGHT_METRICS_ADDRESS"],
    )
    asked = re.findall(r"http://127\.0\.0\.1:8420(/\w+)", DOCKERFILE + " ".join(checks["api"]))

    assert len(asked) == 2
    assert set(asked) <= served
    for name in set(PROCESSES) - {"api"}:
        told = str(metrics_address(settings, name)).replace("0.0.0.0", "127.0.0.1")
        assert f"open('{settings.run_dir}/{name}.ready')" in checks[name][3]
        assert f"urlopen('http://{told}/metrics'" in checks[name][3]
    for name in (*PROCESSES, "postgis", "temporal-db", "temporal"):
        assert {"interval", "timeout", "retries", "start_period", "test"} == set(
            SERVICES[name]["healthcheck"]
        )


def test_every_part_waits_for_what_it_needs() -> None:
    for name, each in SERVICES.items():
        for other, how in each.get("depends_on", {}).items():
            ends = SERVICES[other].get("restart", "").startswith("on-failure")
            wanted = "service_completed_successfully" if ends else "service_healthy"
            assert how == {"condition": wanted}, (name, other)
            assert ends or "healthcheck" in SERVICES[other]
    for name in PROCESSES:
        assert set(SERVICES[name]["depends_on"]) == {"migrate"}
        assert SERVICES[name]["restart"] == "unless-stopped"


def test_only_the_api_is_published_and_only_to_this_machine() -> None:
    published = {name: each["ports"] for name, each in SERVICES.items() if "ports" in each}

    assert published == {
        "api": ["${RELIGHT_BIND:-127.0.0.1}:${RELIGHT_PORT:-8420}:8420"],
        "temporal-ui": ["127.0.0.1:${TEMPORAL_UI_PORT:-8080}:8080"],
    }
    assert SERVICES["temporal-ui"]["profiles"] == ["ui"]
    assert COMPOSE["networks"]["inside"] == {"internal": True}
    for name, each in SERVICES.items():
        assert each["networks"] == ["inside", *(["outside"] if name in published else [])], name


@pytest.mark.parametrize("name", OURS)
def test_our_parts_run_with_as_little_as_they_need(name: str) -> None:
    each = OURS[name]

    assert each["read_only"] is True
    assert each["init"] is True
    assert each["user"] == "10001:10001"
    assert each["cap_drop"] == ["ALL"]
    assert each["security_opt"] == ["no-new-privileges:true"]
    assert "privileged" not in each
    assert re.findall(r"^USER (\S+)", DOCKERFILE, re.MULTILINE)[-1] == "${UID}:${UID}"
    assert set(re.findall(r"^ARG UID=(\d+)$", DOCKERFILE, re.MULTILINE)) == {"10001"}
    assert any(where.startswith("/run/relight:uid=10001") for where in each["tmpfs"])


def test_every_volume_and_mounted_file_exists() -> None:
    named = set()
    for each in SERVICES.values():
        for volume in each.get("volumes", ()):
            source = volume.partition(":")[0]
            if source.startswith("./"):
                assert (CODE / source).is_file(), source
            elif not source.startswith("${"):
                named.add(source)

    assert named == set(COMPOSE["volumes"])


def test_what_a_deployment_keeps_in_the_checkout_is_never_committed() -> None:
    kept = [".env", "secrets/token_key", "backups/night.dump", "kept/forgotten.jsonl"]
    told = subprocess.run(
        ["git", "check-ignore", *kept], cwd=CODE, capture_output=True, text=True, check=False
    )

    assert told.stdout.split() == kept


def test_what_must_outlive_the_database_lies_outside_of_every_container() -> None:
    tools = SERVICES["tools"]
    places = dict(each.rsplit(":", 1)[::-1] for each in tools["volumes"])

    assert places == {
        "/backups": "${RELIGHT_BACKUPS:-./backups}",
        tools["environment"]["RELIGHT_STATE_DIR"]: "${RELIGHT_KEPT:-./kept}",
    }
    assert tools["working_dir"] == "/backups"


def test_temporal_reports_stuck_workflows_as_the_private_one_does() -> None:
    from relight.servers.temporal import REPORT_STUCK_AFTER

    kept = yaml.safe_load((CODE / "deploy" / "temporal.yaml").read_text())

    assert kept == {REPORT_STUCK_AFTER: [{"value": 2}]}


def test_compose_itself_reads_the_file() -> None:
    """Asked of compose's own program, where there is one; it needs no engine for that."""
    own = Path(sys.executable).with_name("docker-compose")
    program = [str(own)] if own.is_file() else ["docker", "compose"]
    compose = [*program, "--project-directory", str(CODE), "--profile", "*"]
    if (
        not shutil.which(program[0])
        or subprocess.run([*compose, "version"], check=False).returncode
    ):
        pytest.skip("no compose here; `.ci/test` fetches it where there is apt-get")
    clean = {name: held for name, held in os.environ.items() if not name.startswith(PREFIX)}
    given = dict.fromkeys(REQUIRED, "https://relight.example")
    whole = subprocess.run([*compose, "config", "--quiet"], env=clean | given, check=False)

    assert whole.returncode == 0
    for name in REQUIRED:
        less = {each: held for each, held in given.items() if each != name}
        told = subprocess.run(
            [*compose, "config", "--quiet"], env=clean | less, capture_output=True, check=False
        )
        assert told.returncode != 0, name
        assert name.encode() in told.stderr


def test_the_dockerfile_copies_what_exists_and_what_is_not_left_out() -> None:
    project = (CODE / "pyproject.toml").read_text()
    listed = re.search(r"\[tool\.hatch\.build\.targets\.wheel\].*?\[(.*?)\]", project, re.DOTALL)
    assert listed is not None
    packages = re.findall(r'"(\w+)"', listed[1])
    copied = [
        word.rstrip("/")
        for line in re.findall(r"^COPY (?!--from)(.+)$", DOCKERFILE, re.MULTILINE)
        for word in line.split()[:-1]
    ]
    kept = set(re.findall(r"^!(\S+)$", (CODE / ".dockerignore").read_text(), re.MULTILINE))

    assert [name for name in copied if not (CODE / name).exists()] == []
    assert set(packages) <= set(copied)
    assert set(copied) - {".ci/pins"} == kept - {".ci", ".ci/pins"}
    assert (CODE / ".dockerignore").read_text().splitlines()[1] == "*"


def test_nothing_is_installed_without_its_hash() -> None:
    installs = re.findall(r"pip .*?install(.*?)(?:&&|\n[A-Z])", DOCKERFILE, re.DOTALL)

    assert len(installs) == 3
    assert all("--require-hashes" in each or "--no-index" in each for each in installs)
    assert "apt-get upgrade" not in DOCKERFILE
    assert ":latest" not in DOCKERFILE + TEXT


def test_the_pins_of_the_build_are_whole() -> None:
    names = re.search(r"\.ci/pins ([\w -]+) >", DOCKERFILE)
    assert names is not None
    told = subprocess.run(
        [CODE / ".ci" / "pins", *names[1].split()], capture_output=True, text=True, check=True
    )
    unknown = subprocess.run([CODE / ".ci" / "pins", "kettle"], capture_output=True, check=False)

    assert re.findall(r"^([\w-]+)==", told.stdout, re.MULTILINE) == names[1].split()
    assert told.stdout.count("--hash=") >= len(names[1].split())
    assert unknown.returncode == 1
