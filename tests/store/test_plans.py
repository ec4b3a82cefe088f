"""The questions asked all day use their indexes: no scan grows with the archive."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, create_engine, text

from tests.conftest import MakeDatabase
from tests.store.builders import NOW, the_policy

ARCHIVED = 30_000
OPEN = 300

LOAD = """
INSERT INTO policies (hash, name, version, body) VALUES ('p', 'x', '1', CAST(:policy AS jsonb));
INSERT INTO outages (id, district_id, area_class, policy_hash, rules_version, opened_at,
    clock_start, at, transformer_id, section_id, feeder_id, transformers, report_count,
    last_report_at, sealed_at, closed_at, stage, restoration_no, restored_at)
SELECT 'o' || n, CASE WHEN n % 9 = 0 THEN 'yl' ELSE 'jp' END, 'urban', 'p', 1, t.then, t.then,
    ST_Translate(x.at, (n % 100) * 1e-5, 0), x.id, x.section_id, x.feeder_id, ARRAY[x.id], 2,
    t.then, CASE WHEN n <= :archived THEN t.then END, CASE WHEN n <= :archived THEN t.then END,
    CASE WHEN n <= :archived THEN 'closed' ELSE 'predicted' END, 1, t.then
FROM generate_series(1, :archived + :open) n
CROSS JOIN LATERAL (SELECT CAST(:now AS timestamptz) - n * interval '7 minutes' AS then) t
JOIN (SELECT *, row_number() OVER (ORDER BY id) AS k, count(*) OVER () AS all_of_them
      FROM transformers) x ON x.k = 1 + n % x.all_of_them;
INSERT INTO reports (id, district_id, channel, source, external_id, at, scope, first_owner,
    received_at, outage_id, outcome, service_point_id)
SELECT o.id || '-' || k, o.district_id, 'phone', 's', o.id || k, o.at, 'home', 'x', o.opened_at,
    o.id, CASE WHEN o.sealed_at IS NOT NULL THEN 'satisfied' END, 'sp'
FROM outages o, generate_series(1, 2) k;
INSERT INTO outage_events (outage_id, seq, kind, at, body, digest, known_at, action_id)
SELECT id, k, 'confirmed', opened_at, '{}', 'd', opened_at, 'act' || k
FROM outages, generate_series(1, 2) k;
INSERT INTO tasks (id, outage_id, kind, state, crew_id, finished_at, known_at)
SELECT id || '/t1', id, 'repair', CASE WHEN sealed_at IS NULL THEN 'queued' ELSE 'done' END,
    'jp-crew-01', sealed_at, opened_at FROM outages;
INSERT INTO callbacks (id, outage_id, report_id, district_id, restoration_no, due_from, due_by,
    state, next_attempt_at)
SELECT 'c' || id, outage_id, id, district_id, 1, received_at, received_at,
    CASE WHEN outcome IS NULL THEN 'open' ELSE 'done' END, received_at FROM reports;
INSERT INTO positions (crew_id, at, occurred_at, received_at, device)
SELECT 'jp-crew-' || to_char(1 + n % 14, 'FM00'), ST_SetSRID(ST_MakePoint(106.5, 29.5), 4326),
    CAST(:now AS timestamptz) - n * interval '1 second', :now, 'phone'
FROM generate_series(1, 40000) n;
INSERT INTO outbox (kind, key, body, district_id, at, available_at, done_at)
SELECT 'reported', 'outage/o' || n, '{}', 'jp', :now, :now,
    CASE WHEN n > 500 THEN CAST(:now AS timestamptz) END FROM generate_series(1, 40000) n;
INSERT INTO pages (id, dedup_key, outage_id, district_id, ladder, rung, to_role, body, at,
    acked_at, known_at)
SELECT id, id, id, district_id, 'arrival', 50, 'dispatcher', '{}', opened_at, sealed_at, opened_at
FROM outages;
INSERT INTO plan_runs (id, district_id, at, mode, snapshot_hash, plan_hash, stop_cause, solver,
    wall_ms, trigger, status, known_at)
SELECT 'r' || n, 'jp', CAST(:now AS timestamptz) - n * interval '1 minute', 'auto', 's', 'h' || n,
    'optimal', 's', 1, 'stir', 'delivered', :now FROM generate_series(1, 20000) n;
ANALYZE;
"""

NEAR = "ST_Expand(ST_SetSRID(ST_MakePoint(106.53, 29.565), 4326), 0.004, 0.004)"

QUESTIONS = {
    "candidates of a report": (
        (
            "SELECT * FROM outages o WHERE o.sealed_at IS NULL"
            " AND (o.transformer_id = 'jp-f1-s1-t1'"
            f" OR o.section_id = 'jp-f1-s1' OR o.at && {NEAR})"
        ),
        {"ix_outages_open_transformer", "ix_outages_open_section", "ix_outages_open_at"},
    ),
    "open outages of a district": (
        "SELECT * FROM outages WHERE district_id = 'yl' AND sealed_at IS NULL",
        {"ix_outages_open_district"},
    ),
    "outages open at a moment that is past": (
        (
            "SELECT * FROM outages WHERE district_id = 'yl' AND opened_at <= '2026-02-27'"
            " AND sealed_at > '2026-02-27'"
        ),
        {"ix_outages_sealed"},
    ),
    "a page of the outage list": (
        (
            "SELECT * FROM outages WHERE district_id = 'yl' AND number < 20000"
            " ORDER BY number DESC LIMIT 50"
        ),
        {"ix_outages_district_id_number"},
    ),
    "outages in a box": (f"SELECT * FROM outages WHERE at && {NEAR}", {"ix_outages_at"}),
    "reports of an outage": (
        "SELECT * FROM reports WHERE outage_id = 'o30100' ORDER BY seq",
        {"ix_reports_outage_id_seq"},
    ),
    "reports that keep a seal off": (
        "SELECT count(*) FROM reports WHERE outage_id = 'o30100' AND outcome IS NULL",
        {"ix_reports_no_outcome"},
    ),
    "a report known by another system": (
        "SELECT * FROM reports WHERE source = 's' AND external_id = 'o77'",
        {"uq_reports_source_external_id"},
    ),
    "transformers around a place": (
        f"SELECT * FROM transformers t WHERE t.at && {NEAR}",
        {"ix_transformers_at"},
    ),
    "a service point by its address": (
        "SELECT * FROM service_points WHERE address = '江坪区梅花路1号' OR address_en = 'x'",
        {"ix_service_points_address", "ix_service_points_address_en"},
    ),
    "what waits in the outbox": (
        "SELECT * FROM outbox WHERE done_at IS NULL AND dead_at IS NULL",
        {"ix_outbox_pending"},
    ),
    "messages of one key": (
        (
            "SELECT * FROM outbox WHERE key = 'outage/o7' AND kind = 'reported'"
            " AND done_at IS NULL AND dead_at IS NULL"
        ),
        {"ix_outbox_pending_key"},
    ),
    "callbacks that are due": (
        (
            "SELECT * FROM callbacks WHERE state = 'open' AND district_id = 'yl'"
            f" AND next_attempt_at <= '{NOW}' ORDER BY next_attempt_at LIMIT 1"
        ),
        {"ix_callbacks_due"},
    ),
    "how a campaign stands": (
        "SELECT count(*) FROM callbacks WHERE outage_id = 'o7' AND restoration_no = 1",
        {"ix_callbacks_outage_id_restoration_no"},
    ),
    "the last place of a crew": (
        (
            "SELECT * FROM positions WHERE crew_id = 'jp-crew-01' AND occurred_at <="
            f" '{NOW}' ORDER BY occurred_at DESC LIMIT 1"
        ),
        {"ix_positions_crew_id_occurred_at"},
    ),
    "a crew's unfinished tasks": (
        "SELECT * FROM tasks WHERE crew_id = 'jp-crew-01' AND finished_at IS NULL",
        {"ix_tasks_unfinished_crew"},
    ),
    "tasks of an outage": ("SELECT * FROM tasks WHERE outage_id = 'o7'", {"ix_tasks_outage_id"}),
    "events of an outage": (
        "SELECT * FROM outage_events WHERE outage_id = 'o7' ORDER BY seq",
        {"pk_outage_events"},
    ),
    "what an action came to": (
        "SELECT seq FROM outage_events WHERE outage_id = 'o7' AND action_id = 'act1'",
        {"ix_outage_events_action_id", "pk_outage_events"},
    ),
    "the inbox of a role": (
        (
            "SELECT * FROM pages WHERE district_id = 'yl' AND to_role = 'dispatcher'"
            " AND acked_at IS NULL ORDER BY at DESC LIMIT 100"
        ),
        {"ix_pages_inbox"},
    ),
    "the latest plan run": (
        "SELECT * FROM plan_runs WHERE district_id = 'jp' ORDER BY at DESC LIMIT 1",
        {"ix_plan_runs_district_id_at"},
    ),
}


@pytest.fixture(scope="module")
def archive(make_database: MakeDatabase) -> Iterator[Engine]:
    """A district with years behind it: tens of thousands of rows, few of them open."""
    engine = create_engine(make_database(demo=True))
    given = {
        "archived": ARCHIVED,
        "open": OPEN,
        "now": NOW - timedelta(hours=1),
        "policy": the_policy().canonical(),
    }
    with engine.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        for statement in LOAD.split(";\n"):
            if statement.strip():
                names = {name: given[name] for name in given if f":{name}" in statement}
                connection.execute(text(statement), names)
    yield engine
    engine.dispose()


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_question_of_the_day_uses_its_index(archive: Engine, question: str) -> None:
    query, wanted = QUESTIONS[question]
    with archive.connect() as connection:
        nodes = list(_nodes(connection, query))

    used = {node["Index Name"] for node in nodes if "Index Name" in node}
    assert used & wanted, nodes
    assert not [node for node in nodes if node["Node Type"] == "Seq Scan"]


def _nodes(connection: Connection, query: str) -> Iterator[dict[str, Any]]:
    (plan,) = connection.execute(text(f"EXPLAIN (FORMAT JSON) {query}")).scalar_one()
    waiting = [plan["Plan"]]
    while waiting:
        node = waiting.pop()
        waiting.extend(node.get("Plans", []))
        yield node
