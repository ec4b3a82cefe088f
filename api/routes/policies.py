"""Policies: what is promised, and which of them new outages of a district get."""

import json
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request, Response
from sqlalchemy.orm import Session

from api import cursors, etags, policy_screens
from api.answers.base import Page, answers, refuses
from api.answers.policies import (
    DistrictPolicy,
    PolicyChange,
    PolicyComparison,
    PolicyListed,
    PolicyWhole,
)
from api.bodies import PolicyChoiceBody, StrictPolicyChoice
from api.cursors import Cursor, Limit
from api.etags import IfMatch
from api.language import language_of
from api.office import At, Office
from api.problems import Problem
from api.sign_in import BoardReader, Caller, Supervising
from domain.policy import Policy
from store import district_policies, policies

router = APIRouter(prefix="/v1", tags=["policies"])
Named = Annotated[str, Path(max_length=64, description="its name, or the digest of any text kept")]


@router.get("/policies", responses=answers(Page[PolicyListed]))
async def list_policies(_caller: BoardReader, office: At) -> dict[str, Any]:
    """List the installed policies; all of them are on the one page."""
    in_use = await office.ask(district_policies.in_use)
    items = policy_screens.listed(office.packs, office.policy.name, in_use)
    return {"items": items, "next_cursor": None}


@router.get("/policies/{name}", responses=answers(PolicyWhole) | refuses("not_found"))
async def show_policy(name: Named, _caller: BoardReader, office: At) -> dict[str, Any]:
    """Return a policy whole: an installed one by name or digest, or one kept by its digest."""
    installed = _installed(office, name)
    if installed is not None:
        digest, body = policies.canonical(installed)
        return policy_screens.whole(json.loads(body), digest)
    text = await office.ask(policies.text_of, name)
    if text is None:
        raise Problem("not_found")
    return policy_screens.whole(text, name)


@router.get(
    "/policies/{name}/changes/{other}",
    responses=answers(PolicyComparison) | refuses("not_found"),
)
async def compare_policies(
    name: Named, other: Named, _caller: BoardReader, office: At, request: Request
) -> dict[str, Any]:
    """Tell what changes from one policy to another, key by key, in words and numbers."""
    lang = language_of(request)
    old, new = await office.ask(_both, office, name, other)
    return policy_screens.compared(old, new, lang)


def _both(session: Session, office: Office, *names: str) -> list[tuple[Policy, str]]:
    """Return policies by name or digest, each with its digest."""
    found = []
    for name in names:
        installed = _installed(office, name)
        if installed is not None:
            found.append((installed, policies.canonical(installed)[0]))
            continue
        text = policies.text_of(session, name)
        if text is None:
            raise Problem("not_found")
        found.append((policies.parsed(text), name))
    return found


@router.get(
    "/districts/{district}/policy",
    responses=answers(DistrictPolicy, headers=["ETag"])
    | refuses("district_unknown", "other_district"),
)
async def show_district_policy(
    district: str, caller: BoardReader, office: At, response: Response
) -> dict[str, Any]:
    """Return what new outages of a district get, and who chose that."""
    caller.need(district)
    shown = await office.ask(policy_screens.of_district, district, office.policy)
    etags.show(response, etags.tag_of(shown))
    return shown


@router.put(
    "/districts/{district}/policy",
    responses=answers(DistrictPolicy, headers=["ETag"])
    | refuses("district_unknown", "other_district", "policy_unknown"),
)
async def choose_policy(
    district: str,
    body: StrictPolicyChoice,
    caller: Supervising,
    office: At,
    response: Response,
    if_match: IfMatch = None,
) -> dict[str, Any]:
    """Choose what new outages of a district get; open ones keep the policy they have."""
    caller.need(district)
    now = await office.now()
    shown = await office.ask(_choose, office, district, body, caller, now, if_match)
    etags.show(response, etags.tag_of(shown))
    return shown


def _choose(
    session: Session,
    office: Office,
    district: str,
    body: PolicyChoiceBody,
    caller: Caller,
    now: datetime,
    if_match: str | None,
) -> dict[str, Any]:
    before = district_policies.chosen(session, district, to_write=True)
    present = policy_screens.of_district(session, district, office.policy)
    etags.need_match(if_match, etags.tag_of(present), present=present)
    wanted = None if body.policy is None else _kept(session, office, body.policy)
    if wanted == before:
        return present
    district_policies.choose(
        session, district, wanted, by=caller.subject, reason=body.reason, now=now
    )
    return policy_screens.of_district(session, district, office.policy)


def _installed(office: Office, wanted: str) -> Policy | None:
    """Return the installed policy of a name or a digest."""
    by_digest = {policies.canonical(policy)[0]: policy for policy in office.packs.values()}
    return office.packs.get(wanted) or by_digest.get(wanted)


def _kept(session: Session, office: Office, wanted: str) -> str:
    """Return the hash of an installed policy, kept from now on, or of one kept before."""
    installed = _installed(office, wanted)
    if installed is not None:
        return policies.keep(session, installed)
    if policies.text_of(session, wanted) is None:
        raise Problem("policy_unknown", pointer="/policy", policy=wanted)
    return wanted


@router.get(
    "/districts/{district}/policy/changes",
    responses=answers(Page[PolicyChange]) | refuses("district_unknown", "other_district"),
)
async def list_policy_changes(
    district: str,
    caller: BoardReader,
    office: At,
    request: Request,
    response: Response,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> dict[str, Any]:
    """List who changed the policy of a district, when and why, the latest first."""
    caller.need(district)

    def found(session: Session) -> list[dict[str, Any]]:
        district_policies.chosen(session, district)
        before = cursors.number(cursor)
        rows = district_policies.changes(session, district, before=before, limit=limit + 1)
        return [policy_screens.change(row) for row in rows]

    seen = await office.ask(found)
    return cursors.page(request, response, seen, limit, lambda change: (change["number"],))
