"""A district's own policy decides where its reports belong and what its new outages get."""

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from domain.policy import Policy
from store import district_policies, places, policies
from store.tables.work import PolicyChoiceRow
from tests.store.builders import NOW, Life, a_draft, take, the_policy

pytestmark = pytest.mark.servers


def choose(engine: Engine, policy: Policy) -> str:
    with Session(engine) as session, session.begin():
        digest = policies.keep(session, policy)
        district_policies.choose(session, "jp", digest, by="su", reason="tried", now=NOW)
    return digest


def strict() -> Policy:
    """As the floor, but a bare point hangs on a transformer only where it stands on it."""
    floor = the_policy()
    rules = floor.grouping.model_copy(update={"infer_transformer_m": 1})
    return floor.model_copy(update={"name": "strict", "grouping": rules})


def test_a_place_is_found_by_the_rules_of_its_own_district(own_demo_engine: Engine) -> None:
    with Session(own_demo_engine) as session:
        home = places.locate(session, a_draft(), the_policy())
        nearby = a_draft((home.lon + 0.0002, home.lat))
        before = places.locate(session, nearby, the_policy())
    digest = choose(own_demo_engine, strict())

    with Session(own_demo_engine) as session:
        after = places.locate(session, nearby, the_policy())
    told = take(own_demo_engine, nearby)

    assert before.transformer_id is not None
    assert before.policy == the_policy()
    assert after.transformer_id is None
    assert after.policy == strict()
    assert Life(own_demo_engine, told.outage_id).policy.digest() == digest


def test_a_choice_cannot_be_rewritten(own_demo_engine: Engine) -> None:
    choose(own_demo_engine, strict())

    with Session(own_demo_engine) as session, pytest.raises(DBAPIError, match="append_only"):
        session.query(PolicyChoiceRow).update({"reason": "never"})
