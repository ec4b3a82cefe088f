"""Whether the process lives, whether it can serve, and what it counts."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from api.office import At
from store import migrate

router = APIRouter(tags=["health"])


@router.get("/healthz")
async def show_life() -> dict[str, str]:
    """Answer as long as the process lives."""
    return {"status": "ok"}


@router.get("/readyz")
async def show_readiness(office: At) -> JSONResponse:
    """Tell what can be served; without Temporal intake and reads still can."""
    checks: dict[str, Any] = {"database": True, "migrations": False}
    try:
        checks["migrations"] = await office.call(migrate.is_at_head, office.engine)
    except (DBAPIError, PoolTimeout):
        checks["database"] = False
    checks["temporal"] = await office.temporal.answers()
    serving = checks["database"] and checks["migrations"]
    status = "unready" if not serving else "ok" if checks["temporal"] else "degraded"
    return JSONResponse({"status": status, "checks": checks}, 200 if serving else 503)


@router.get("/metrics")
async def show_metrics(
    office: At,
    _: Annotated[
        Literal["desk", "intake"] | None,
        Query(alias="of", description="which process of the api answers; the desk if none"),
    ] = None,
) -> Response:
    """Return all counts in Prometheus' text format; those of the database where it answers."""
    office.gauges.show(await office.pulse.read())
    return Response(generate_latest(office.gauges.registry), media_type=CONTENT_TYPE_LATEST)
