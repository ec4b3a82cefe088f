"""The application: its layers, its routes, and how every failure becomes a problem."""

from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import structlog
from anyio import CapacityLimiter
from fastapi import Depends, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Match

from api.base_map import BaseMap
from api.body import BodyGate
from api.browser_pages import open_pages
from api.deprecation import DEPRECATED, Ageing
from api.document import describe
from api.faults import problem_of
from api.gate import Gate
from api.gauges import Gauges
from api.guarding import Guarding
from api.known_parameters import only_known
from api.lanes import Lanes
from api.language import language_of
from api.limits import Limiter
from api.live.fan_out import FanOut
from api.office import Office
from api.poke import Poke
from api.problems import Problem, ProblemBody, answer, from_refusal
from api.pulse import Pulse
from api.rates import NO_RATES, Rates
from api.reference import open_reference
from api.routes import ROUTERS, ROUTES
from api.sign_in.issuer.endpoints import LocalIssuer
from api.sign_in.issuers import Issuers
from api.sign_in.scopes import known_scopes
from api.sign_in.tokens import AnyKey, TokenKeys
from api.temporal_line import TemporalLine
from api.trace import Trace
from domain.errors import Refused
from domain.policy import Policy
from roads.choosing import Roads

log = structlog.get_logger("relight.api")
_BY_STATUS = {400: "malformed_request", 404: "not_found", 405: "method_not_allowed"}


def create_app(
    *,
    engine: Engine,
    temporal: TemporalLine,
    policy: Policy,
    packs: Iterable[Policy] = (),
    token_key: TokenKeys | AnyKey,
    issuers: Issuers = Issuers(),  # noqa: B008 - a frozen value
    relay_poke_port: int | None = None,
    threads: int = 16,
    answer_wait_s: float = 5.0,
    rates: Rates = NO_RATES,
    disk: Path | None = None,
    base_map: BaseMap = BaseMap(),  # noqa: B008 - a frozen value
    roads: Roads | None = None,
) -> FastAPI:
    """Compose the application; `threads` bounds how many requests use the database at once.

    `policy` holds where a district chose none of the `packs`; `disk` is a private database's.
    """
    gauges = Gauges()
    office = Office(
        engine=engine,
        temporal=temporal,
        policy=policy,
        packs={each.name: each for each in (*packs, policy)},
        token_keys=TokenKeys.of(token_key),
        issuers=issuers,
        limiter=CapacityLimiter(max(1, threads // 2)),  # a flood of calls has lanes of its own
        lanes=Lanes(threads),
        poke=Poke(relay_poke_port),
        pulse=Pulse(engine, temporal, disk),
        gauges=gauges,
        live=FanOut(engine, gauges),
        answer_wait_s=answer_wait_s,
        base_map=base_map,
        roads=roads or Roads(),
    )
    return _furnished(office, rates)


def _furnished(office: Office, rates: Rates) -> FastAPI:
    """Put beside the routes what is no part of the interface: the pages and the issuer."""
    app = described(_life(office))
    app.state.office = office
    open_pages(app, office.base_map)
    endpoints = ((method, route.path) for route in ROUTES for method in route.methods or ())
    app.mount("/oidc", LocalIssuer(office, known_scopes(endpoints)).router())
    _guard(app, office, rates)
    return app


def described(lifespan: Any = None) -> FastAPI:
    """Return the routes and the document that describes them, with nothing behind them yet."""
    app = FastAPI(
        title="Relight",
        summary="From the call that the power is out to the call that says the light is on.",
        version="1",
        lifespan=lifespan,
        # The framework's own page fetches its scripts from elsewhere.
        docs_url=None,
        redoc_url=None,
        responses={"default": {"model": ProblemBody, "description": "A problem (RFC 9457)"}},
        generate_unique_id_function=lambda route: route.name,
        dependencies=[Depends(only_known)],
    )
    for router in ROUTERS:
        app.include_router(router)
    describe(app, ROUTES)
    open_reference(app)
    return app


def _guard(app: FastAPI, office: Office, rates: Rates) -> None:
    """Put what every request passes around the routes; the last one named comes first."""
    _handle_failures(app)
    app.add_middleware(Ageing, deprecated=DEPRECATED)
    app.add_middleware(Trace, gauges=office.gauges)
    # Whoever is turned away costs none of what lies further in.
    app.add_middleware(
        Gate,
        rates=rates,
        limiter=Limiter(),
        lanes=office.lanes,
        standings=office.standings,
        gauges=office.gauges,
    )
    app.add_middleware(BodyGate)
    app.add_middleware(Guarding, https=office.issuers.public_url.startswith("https://"))


def _life(office: Office) -> Any:
    """Return what frames the time in which requests are served."""

    @asynccontextmanager
    async def life(_: FastAPI) -> AsyncIterator[None]:
        yield
        office.poke.close()
        if office.issuers.external is not None:
            await office.issuers.external.close()

    return life


def _handle_failures(app: FastAPI) -> None:
    handlers: Sequence[tuple[type[Exception], Any]] = (
        (Problem, _on_problem),
        (Refused, _on_refusal),
        (RequestValidationError, _on_invalid),
        (HTTPException, _on_http),
        (OperationalError, _on_database),
        (InterfaceError, _on_database),
        (PoolTimeout, _on_database),
        (DBAPIError, _on_database),
    )
    for kind, handler in handlers:
        app.add_exception_handler(kind, handler)


async def _on_problem(request: Request, problem: Problem) -> Response:
    return answer(request, problem)


async def _on_refusal(request: Request, refusal: Refused) -> Response:
    return answer(request, from_refusal(refusal))


async def _on_invalid(request: Request, error: RequestValidationError) -> Response:
    return answer(request, problem_of(error.errors(), error.body, language_of(request)))


async def _on_http(request: Request, error: HTTPException) -> Response:
    code = _BY_STATUS.get(error.status_code, "malformed_request")
    headers = dict(error.headers or {})
    if code == "method_not_allowed":
        headers["Allow"] = ", ".join(sorted(_methods_of(request)))
    return answer(request, Problem(code, headers=headers))


def _methods_of(request: Request) -> set[str]:
    """Return what an address takes; each method is a route of its own."""
    scope = request.scope | {"method": "OPTIONS"}
    there = [route for route in ROUTES if route.matches(scope)[0] is not Match.NONE]
    return {method for route in there for method in route.methods or ()}


async def _on_database(request: Request, error: Exception) -> Response:
    lost = not isinstance(error, DBAPIError) or error.connection_invalidated
    if not lost and not isinstance(error, (OperationalError, InterfaceError)):
        raise error
    log.warning("database unreachable", cause=type(error).__name__)
    return answer(request, Problem("database_unreachable"))
