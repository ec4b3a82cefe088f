"""What belongs to one outage beside its row: state, policy, verdict, steps, open callbacks."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from domain.field import Verdict
from domain.outage import Outage
from domain.policy import Policy
from store import policies


@dataclass(frozen=True)
class OutageDetail:
    """The state is None until the outage's workflow has spoken."""

    state: Outage | None
    policy: Policy
    time_zone: str
    verdict: Verdict | None
    amended: bool
    without_outcome: int
    callbacks_open: int
    steps: list[dict[str, Any]]
    crew_names: dict[str, dict[str, str]]


_DETAIL = text("""
SELECT o.state, p.body AS policy, d.time_zone,
       (SELECT jsonb_build_object('body', v.body, 'amended', v.amended) FROM verdicts v
        WHERE v.outage_id = o.id ORDER BY v.version DESC LIMIT 1) AS verdict,
       (SELECT count(*) FROM reports r WHERE r.outage_id = o.id AND r.outcome IS NULL)
           AS without_outcome,
       (SELECT count(*) FROM callbacks c WHERE c.outage_id = o.id AND c.state = 'open')
           AS callbacks_open,
       (SELECT coalesce(jsonb_agg(to_jsonb(s) - 'outage_id' ORDER BY s.restoration_no, s.step_no),
                        '[]')
        FROM restoration_steps s WHERE s.outage_id = o.id) AS steps,
       (SELECT coalesce(jsonb_object_agg(c.id, jsonb_build_object('en', c.name_en,
                                                                  'zh', c.name_zh)), '{}')
        FROM crews c WHERE c.id IN (SELECT t.crew_id FROM tasks t WHERE t.outage_id = o.id))
           AS crew_names
FROM outages o
JOIN policies p ON p.hash = o.policy_hash
JOIN districts d ON d.id = o.district_id
WHERE o.id = :outage
""")


def of_outage(session: Session, outage_id: str) -> OutageDetail | None:
    """Return what belongs to an outage, or None when there is none of that id."""
    row = session.execute(_DETAIL, {"outage": outage_id}).one_or_none()
    if row is None:
        return None
    verdict = row.verdict or {"body": None, "amended": False}
    return OutageDetail(
        state=None if row.state is None else Outage.model_validate(row.state),
        policy=policies.parsed(row.policy),
        time_zone=row.time_zone,
        verdict=verdict["body"] and Verdict.model_validate(verdict["body"]),
        amended=verdict["amended"],
        without_outcome=row.without_outcome,
        callbacks_open=row.callbacks_open,
        steps=row.steps,
        crew_names=row.crew_names,
    )
