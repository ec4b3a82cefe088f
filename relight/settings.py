"""Settings of one installation: the environment first, then what `relight up` wrote down."""

import difflib
import os
import re
from collections.abc import Mapping
from datetime import datetime
from ipaddress import ip_network
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote
from zoneinfo import available_timezones

from pydantic import AwareDatetime, Field, ValidationError, ValidationInfo, field_validator
from pydantic_settings import (
    BaseSettings,
    JsonConfigSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

PREFIX = "RELIGHT_"
CODE = Path(__file__).resolve().parent.parent
_GUARDED = re.compile(r"https://[^/]|http://(127\.0\.0\.1|localhost|\[::1\])(:\d+)?(/|$)")
CHECKOUT = CODE if (CODE / "pyproject.toml").is_file() else Path.cwd()


class SettingsRefused(Exception):  # noqa: N818 - it is a refusal, said in sentences
    """The settings cannot be used; the message says which and why."""


class Settings(BaseSettings):
    """Everything an operator may set; policy is not here but in the policy files."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="forbid", frozen=True)

    state_dir: Path = Field(CHECKOUT / ".relight", description="where private servers keep data")
    # Before the address: its validator puts the password in.
    database_password_file: Path | None = Field(
        None, description="file that holds the password for the database's address"
    )
    database_url: str | None = Field(None, description="an existing PostGIS database")
    temporal_address: str | None = Field(None, description="host:port of an existing Temporal")
    temporal_namespace: str = Field("relight", min_length=1, description="Temporal namespace")
    api_host: str = Field("127.0.0.1", description="address the api listens on")
    api_port: int | None = Field(None, ge=1, le=65535, description="port the api listens on")
    trusted_proxies: str | None = Field(
        None, description="addresses or networks whose X-Forwarded-For is believed, with commas"
    )
    relay_poke_port: int | None = Field(
        None, ge=1, le=65535, description="UDP port on which the api wakes the relay"
    )
    policy_dir: Path = Field(CODE / "policies", description="where the policy files lie")
    retention_file: Path | None = Field(None, description="rules of retention of one's own")
    policy: str = Field("state_grid_ceiling", description="policy pinned when an outage opens")
    token_key_file: Path | None = Field(None, description="signing key of the local issuer")
    public_url: str | None = Field(None, description="origin that people open, such as https://...")
    oidc_issuer: str | None = Field(None, description="an OIDC issuer whose tokens are believed")
    oidc_audience: str | None = Field(None, description="the audience its tokens must name")
    oidc_grants_claim: str = Field(
        "relight_grants", min_length=1, description="claim of its tokens that holds the grants"
    )
    map_style_url: str | None = Field(
        None, description="a MapLibre style drawn instead of the land"
    )
    map_pmtiles: str | None = Field(
        None, description="a PMTiles archive drawn instead of the land: a file, or its address"
    )
    roads: Literal["auto", "osrm", "graph", "geodesic"] = Field(
        "auto", description="engine that computes how long crews drive"
    )
    roads_url: str | None = Field(None, description="an OSRM or Valhalla server to ask instead")
    planner_processes: int | None = Field(
        None, ge=1, le=256, description="districts planned at once, each in a process of its own"
    )
    territory: Literal["generated", "small"] = Field(
        "generated", description="what `up` loads into a new installation"
    )
    house_rate: float = Field(1.0, gt=0, le=100_000, description="house seconds per real second")
    house_epoch: AwareDatetime | None = Field(
        None, description="house time at which a rehearsal begins"
    )
    time_zone: str = Field("Asia/Shanghai", description="zone of calling hours and reports")
    language: Literal["en", "zh"] = Field("en", description="language of the console output")
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="what is logged"
    )
    log_json: bool = Field(False, description="one JSON object per log line")

    metrics_address: str | None = Field(
        None, description="host:port of the worker's metrics; planner one port on, relay two"
    )
    otlp_endpoint: str | None = Field(
        None, description="OTLP/HTTP collector that traces are sent to, without /v1/traces"
    )

    @field_validator("database_url")
    @classmethod
    def _is_complete(cls, url: str | None, info: ValidationInfo) -> str | None:
        if url is None:
            return None
        scheme, found, rest = url.partition("://")
        if not found or scheme not in {"postgres", "postgresql", "postgresql+psycopg"}:
            raise ValueError("it must begin with postgresql://")
        file: Path | None = info.data.get("database_password_file")
        return "postgresql+psycopg://" + (rest if file is None else _with_password(rest, file))

    @field_validator("database_password_file")
    @classmethod
    def _can_be_read(cls, file: Path | None) -> Path | None:
        if file is not None and not os.access(file, os.R_OK):
            raise ValueError("there is no such file, or it may not be read")
        return file

    @field_validator("map_pmtiles")
    @classmethod
    def _is_an_archive(cls, place: str | None) -> str | None:
        if place is None or _GUARDED.match(place):
            return place
        if "://" in place:
            raise ValueError("it must be a file, or begin with https://")
        file = Path(place).expanduser().absolute()
        if not (file.is_file() and os.access(file, os.R_OK)):
            raise ValueError("there is no such file, or it may not be read")
        with file.open("rb") as archive:
            if archive.read(7) != b"PMTiles":
                raise ValueError("this file is no PMTiles archive")
        return str(file)

    @field_validator("public_url", "oidc_issuer", "map_style_url")
    @classmethod
    def _is_guarded(cls, url: str | None) -> str | None:
        if url is None or _GUARDED.match(url):
            return url
        raise ValueError("it must begin with https://, or http:// on this machine")

    @field_validator("public_url")
    @classmethod
    def _is_an_origin(cls, url: str | None) -> str | None:
        if url is not None and url.count("/") > 2:
            raise ValueError("it must be an origin, without a path or a slash at the end")
        return url

    @field_validator("otlp_endpoint", "roads_url")
    @classmethod
    def _is_http(cls, url: str | None) -> str | None:
        if url is not None and not url.startswith(("http://", "https://")):
            raise ValueError("it must begin with http:// or https://")
        return url

    @field_validator("temporal_address", "metrics_address")
    @classmethod
    def _names_host_and_port(cls, address: str | None) -> str | None:
        if address is not None and not address.rpartition(":")[2].isdigit():
            raise ValueError("it must read host:port")
        return address

    @field_validator("trusted_proxies")
    @classmethod
    def _names_proxies(cls, given: str | None) -> str | None:
        names = [name.strip() for name in (given or "").split(",") if name.strip()]
        try:
            for name in names:
                ip_network(name)
        except ValueError:
            raise ValueError("it must list addresses or networks, such as 10.0.0.0/8") from None
        return ",".join(names) or None

    @field_validator("time_zone")
    @classmethod
    def _knows_the_zone(cls, zone: str) -> str:
        if zone not in available_timezones():
            raise ValueError("it is no IANA time zone, such as Asia/Shanghai")
        return zone

    @property
    def key_file(self) -> Path:
        """The signing key of the local issuer, given or private."""
        return self.token_key_file or self.state_dir / "token.key"

    @property
    def addresses_file(self) -> Path:
        """Where `relight up` writes the addresses of what it started."""
        return self.state_dir / "addresses.json"

    @property
    def api_url(self) -> str | None:
        """The address of the api, when its port is known."""
        return f"http://{self.api_host}:{self.api_port}" if self.api_port else None

    @property
    def roads_dir(self) -> Path:
        """Where road data of the land are kept."""
        return self.state_dir / "roads"

    @property
    def run_dir(self) -> Path:
        """Where the running processes leave their numbers and say that they are ready."""
        return self.state_dir / "run"

    @field_validator("state_dir", "policy_dir", "retention_file", "token_key_file")
    @classmethod
    def _is_absolute(cls, path: Path | None) -> Path | None:
        return path and path.expanduser().absolute()


def _with_password(address: str, file: Path) -> str:
    """Return an address with the password of a file, whatever characters that is made of."""
    user, at, place = address.rpartition("@")
    if not at:
        raise ValueError("it must name a user: the password of the file is theirs")
    password = file.read_text(encoding="utf-8").strip("\r\n")
    return f"{user.partition(':')[0]}:{quote(password, safe='')}@{place}"


class RunningSettings(Settings):
    """The settings, completed with the addresses of what `relight up` started."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Read what was given, then the environment, then the running installation."""
        given: Mapping[str, Any] = getattr(init_settings, "init_kwargs", {})
        state_dir = given.get("state_dir") or os.environ.get(PREFIX + "STATE_DIR")
        addresses = Path(state_dir or CHECKOUT / ".relight").expanduser() / "addresses.json"
        return (
            init_settings,
            env_settings,
            JsonConfigSettingsSource(settings_cls, json_file=addresses),
        )


def load_settings(*, running: bool = True, **given: object) -> Settings:
    """Return the settings of this process, or refuse with a sentence per fault.

    With `running=False` the addresses of a running installation are not looked up.
    """
    faults = _unknown_variables()
    try:
        settings = (RunningSettings if running else Settings)(**given)  # type: ignore[arg-type]
    except ValidationError as error:
        for problem in error.errors():
            name = PREFIX + ".".join(str(part) for part in problem["loc"]).upper()
            faults.append(f"{name} is refused: {problem['msg'].removeprefix('Value error, ')}.")
        raise SettingsRefused("\n".join(faults)) from error
    if settings.house_epoch is None and settings.house_rate != 1.0:
        faults.append(
            f"{PREFIX}HOUSE_RATE needs {PREFIX}HOUSE_EPOCH: only a rehearsal has another rate."
        )
    if settings.oidc_issuer is not None and settings.oidc_audience is None:
        faults.append(f"{PREFIX}OIDC_ISSUER needs {PREFIX}OIDC_AUDIENCE: whose tokens are for us.")
    if faults:
        raise SettingsRefused("\n".join(faults))
    return settings


def as_environment(settings: Settings) -> dict[str, str]:
    """Return the variables that give a child process exactly these settings."""
    variables = {}
    for name, value in settings.model_dump().items():
        if value is not None:
            text = value.isoformat() if isinstance(value, datetime) else str(value)
            variables[PREFIX + name.upper()] = text
    return variables


def _unknown_variables() -> list[str]:
    known = {PREFIX + name.upper() for name in Settings.model_fields}
    faults = []
    for name in sorted(os.environ):
        if not name.startswith(PREFIX) or name in known or name in TEST_VARIABLES:
            continue
        close = difflib.get_close_matches(name, known, n=1, cutoff=0.8)
        hint = f" Was {close[0]} meant?" if close else " `relight doctor` lists the known ones."
        faults.append(f"{name} is no setting of Relight.{hint}")
    return faults


# Not settings: they steer tests and rehearsals, and a process passes them on to its children.
TEST_VARIABLES = frozenset(
    PREFIX + name for name in ("TEST_PROCESSES", "KILL_AT", "KEEP_REHEARSAL", "SHOTS", "SCREENS")
)
