"""All routes, one module per noun."""

from fastapi.routing import APIRoute

from api.routes import (
    actions,
    boards,
    bookings,
    callbacks,
    closures,
    commitments,
    crews,
    dead_letters,
    discrepancies,
    health,
    live,
    me,
    meter_events,
    outages,
    pages,
    places,
    planned_works,
    plans,
    policies,
    reports,
    tiles,
    tracking,
)

ROUTERS = (
    reports.router,
    meter_events.router,
    outages.router,
    places.router,
    actions.router,
    crews.router,
    bookings.router,
    boards.router,
    plans.router,
    pages.router,
    callbacks.router,
    discrepancies.router,
    closures.router,
    planned_works.router,
    live.router,
    dead_letters.router,
    policies.router,
    commitments.router,
    tiles.router,
    tracking.router,
    me.router,
    health.router,
)
ROUTES = [route for router in ROUTERS for route in router.routes if isinstance(route, APIRoute)]
