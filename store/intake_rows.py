"""Writing a report and its outage: one statement each way, attach or open."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, text

from domain import extent, ids
from domain.kinds import AreaClass, Channel, KeyClass, foremost
from store import commitments, policies, traceparent
from store.answers import Accepted
from store.grouping import Draft
from store.places import Place

TAKEN_BY_A_PERSON = frozenset(
    {Channel.PHONE, Channel.GRID_PHONE, Channel.MEDIA, Channel.STAFF_SIGHTING}
)

_SAID = ("reporter_name", "reporter_phone", "external_id", "source", "note")

# The outage's row lock comes first and hands out `seq`, so that along one outage the numbers
# of reports rise in commit order and the watermark never passes an unseen report.
_REPORT = """
, r AS (
    INSERT INTO reports (
        id, seq, district_id, channel, source, external_id, reporter_name, reporter_phone,
        reporter_is_customer, customer_id, service_point_id, transformer_id, section_id,
        address, at, scope, hazards, life_support, note, first_owner, occurred_at,
        received_at, outage_id, promised_arrival_at, salt, commitment, planned_work_id)
    SELECT :report_id, o.report_watermark, :district, :channel, :source,
        CAST(:external_id AS text), CAST(:reporter_name AS text),
        CAST(:reporter_phone AS text), :reporter_is_customer, CAST(:customer AS text),
        CAST(:service_point AS text), CAST(:transformer AS text), CAST(:section AS text),
        CAST(:address AS text), ST_SetSRID(ST_MakePoint(:lon, :lat), 4326), :scope,
        CAST(:hazards AS text[]), :said_life_support, CAST(:note AS text), :first_owner,
        CAST(:occurred_at AS timestamptz), :now, o.id, o.arrival_deadline,
        CAST(:salt AS bytea), CAST(:commitment AS text), CAST(:work AS text)
    FROM o
    RETURNING number
), message AS (
    INSERT INTO outbox (kind, key, body, district_id, at, available_at, traceparent)
    SELECT 'reported', :outbox_key,
        jsonb_build_object('report', CAST(:report_id AS text), 'outage', o.id,
            'seq', o.report_watermark),
        o.district_id, :real_now, :real_now, CAST(:traceparent AS text)
    FROM o
)
"""
_ANSWER = """jsonb_build_object(
    'report_id', CAST(:report_id AS text), 'number', r.number, 'outage_id', o.id,
    'outage_number', o.number, 'opened', CAST(:opened AS boolean),
    'promised_arrival_at', o.arrival_deadline, 'district_id', o.district_id,
    'area_class', o.area_class, 'first_owner', CAST(:first_owner AS text),
    'received_at', CAST(:now AS timestamptz), 'planned', CAST(:planned AS jsonb))"""
_PLAIN = "SELECT {answer} AS answer FROM o, r".replace("{answer}", _ANSWER)
_KEYED = """
, kept AS (
    INSERT INTO idempotency (subject, key, body_hash, answer, status, at)
    SELECT :subject, :key, :body_hash, {answer}, 201, :now FROM o, r
    RETURNING answer
)
SELECT answer FROM kept
""".replace("{answer}", _ANSWER)
_ATTACH = """
WITH o AS (
    UPDATE outages SET
        report_count = report_count + 1,
        -- Correlated, so that it is drawn anew when the row lock had to be waited for.
        (report_watermark, hazards_watermark) = (
            SELECT drawn.seq, CASE WHEN CAST(:hazards AS text[]) = '{}'
                THEN outages.hazards_watermark ELSE drawn.seq END
            FROM (SELECT nextval('report_seqs') AS seq OFFSET 0) drawn),
        clock_start = least(clock_start, CAST(:clock AS timestamptz)),
        arrival_deadline = least(clock_start, CAST(:clock AS timestamptz))
            + coalesce(CAST(:arrival_limit AS interval), arrival_deadline - clock_start),
        key_class = coalesce(CAST(:key_class AS text), key_class),
        last_report_at = greatest(last_report_at, CAST(:now AS timestamptz)),
        hazards = ARRAY(SELECT DISTINCT h FROM unnest(hazards || CAST(:hazards AS text[])) h
                        ORDER BY h),
        life_support = life_support OR :life_support,
        transformers = CASE
            WHEN CAST(:transformer AS text) IS NULL
                OR transformers @> ARRAY[CAST(:transformer AS text)] THEN transformers
            ELSE transformers || CAST(:transformer AS text) END,
        transformer_id = coalesce(transformer_id, CAST(:transformer AS text)),
        section_id = coalesce(section_id, CAST(:section AS text)),
        feeder_id = coalesce(feeder_id, CAST(:feeder AS text)),
        customers_affected = CASE WHEN device_id IS NULL
            THEN greatest(customers_affected, :customers) ELSE customers_affected END
    WHERE id = :outage_id AND sealed_at IS NULL
    RETURNING id, number, district_id, area_class, arrival_deadline, report_watermark
)
"""
_OPEN = """
WITH drawn AS MATERIALIZED (
    SELECT nextval('report_seqs') AS seq
), p AS (
    INSERT INTO policies (hash, name, version, body)
    VALUES (:policy_hash, :policy_name, :policy_version, CAST(:policy_body AS jsonb))
    ON CONFLICT (hash) DO NOTHING
), o AS (
    INSERT INTO outages (
        id, district_id, grid_id, area_class, policy_hash, rules_version, opened_at,
        clock_start, at, transformer_id, section_id, feeder_id, transformers,
        customers_affected, hazards, life_support, key_class, parent_outage_id, report_count,
        report_watermark, hazards_watermark, last_report_at, arrival_deadline,
        planned_work_id, planned_until)
    SELECT
        :outage_id, :district, CAST(:grid AS text), :area_class, :policy_hash, :rules_version,
        :now, :clock, ST_SetSRID(ST_MakePoint(:lon, :lat), 4326), CAST(:transformer AS text),
        CAST(:section AS text), CAST(:feeder AS text),
        array_remove(ARRAY[CAST(:transformer AS text)], NULL), :customers,
        CAST(:hazards AS text[]), :life_support, CAST(:key_class AS text),
        CAST(:parent AS text), 1, drawn.seq,
        CASE WHEN CAST(:hazards AS text[]) = '{}' THEN 0 ELSE drawn.seq END, :now, :deadline,
        CAST(:work AS text), CAST(:planned_until AS timestamptz)
    FROM drawn
    RETURNING id, number, district_id, area_class, arrival_deadline, report_watermark
)
"""
_ATTACHES = {False: text(_ATTACH + _REPORT + _PLAIN), True: text(_ATTACH + _REPORT + _KEYED)}
_OPENS = {False: text(_OPEN + _REPORT + _PLAIN), True: text(_OPEN + _REPORT + _KEYED)}


def attach(connection: Connection, taken: Draft, place: Place, outage: Any) -> Accepted | None:
    """Add a report to an open outage; returns None when it was sealed meanwhile."""
    params = _params(taken, place, outage.id, opened=False)
    known = frozenset(outage.transformers)
    params["customers"] = extent.customers_with(place.supplied, taken.draft.scope, known)
    params |= _raised(connection, outage.id, place.key_class)
    answer = connection.scalar(_ATTACHES[taken.idempotency is not None], params)
    return None if answer is None else Accepted.model_validate(answer)


_HELD = text("""
SELECT key_class, area_class, policy_hash FROM outages WHERE id = :outage FOR UPDATE
""")


def _raised(connection: Connection, outage_id: str, reporter: KeyClass | None) -> dict[str, Any]:
    """Return the class an outage has once a key customer reports it, and the time that gives."""
    if reporter is None:
        return {"key_class": None, "arrival_limit": None}
    row = connection.execute(_HELD, {"outage": outage_id}).one()
    known = None if row.key_class is None else KeyClass(row.key_class)
    key_class = foremost((known, reporter))
    policy = policies.pinned(connection, row.policy_hash)
    limit = policy.arrival_limit(AreaClass(row.area_class), key_class)
    return {"key_class": key_class, "arrival_limit": limit}


def open_outage(connection: Connection, taken: Draft, place: Place, parent: str | None) -> Accepted:
    """Open an outage with its first report; the policy of the day is pinned by value."""
    params = _params(taken, place, taken.outage_id, opened=True)
    policy_hash, policy_body = policies.canonical(taken.policy)
    params |= {
        "customers": extent.customers_of(place.supplied, taken.draft.scope),
        "policy_hash": policy_hash,
        "policy_name": taken.policy.name,
        "policy_version": taken.policy.version,
        "policy_body": policy_body,
        "rules_version": taken.rules_version,
        "grid": place.grid_id,
        "area_class": place.area_class,
        "key_class": place.key_class,
        "parent": parent,
        "deadline": _deadline(taken, place),
    }
    return Accepted.model_validate(connection.scalar(_OPENS[taken.idempotency is not None], params))


def _deadline(taken: Draft, place: Place) -> datetime:
    return _clock(taken) + taken.policy.arrival_limit(AreaClass(place.area_class), place.key_class)


def _clock(taken: Draft) -> datetime:
    """Return from when the promises run: supply is not owed before an announced end."""
    return taken.now if taken.planned is None else taken.planned.until


def _owner(taken: Draft, place: Place) -> str:
    """Return who owns a report: the person who took it, else the district's hotline."""
    taken_by_person = taken.draft.channel in TAKEN_BY_A_PERSON
    return taken.subject if taken_by_person and taken.subject else place.hotline


def _params(taken: Draft, place: Place, outage_id: str, *, opened: bool) -> dict[str, Any]:
    draft = taken.draft
    key, body_hash = taken.idempotency or (None, None)
    return {
        "report_id": taken.report_id,
        "outage_id": outage_id,
        "opened": opened,
        "outbox_key": ids.outage_workflow(outage_id),
        "district": place.district_id,
        "channel": draft.channel.value,
        "source": draft.source,
        "external_id": draft.external_id,
        "reporter_name": draft.reporter_name,
        "reporter_phone": draft.reporter_phone,
        "reporter_is_customer": draft.reporter_is_customer,
        "customer": place.customer_id if draft.reporter_is_customer else None,
        "service_point": place.service_point_id,
        "transformer": place.transformer_id,
        "section": place.section_id,
        "feeder": place.feeder_id,
        "address": draft.address or place.address,
        "lon": place.lon,
        "lat": place.lat,
        "scope": draft.scope.value,
        "hazards": sorted(hazard.value for hazard in draft.hazards),
        "said_life_support": draft.life_support,
        "life_support": draft.life_support or place.life_support,
        "note": draft.note,
        "first_owner": taken.first_owner or _owner(taken, place),
        "occurred_at": draft.occurred_at,
        "now": taken.now,
        "real_now": taken.real_now,
        "traceparent": traceparent.current(),
        "subject": taken.subject,
        "key": key,
        "body_hash": body_hash,
        **_announced(taken),
        **_committed(taken, place),
    }


def _announced(taken: Draft) -> dict[str, Any]:
    """Return from when the promises run, and what was announced where anything was."""
    work = taken.planned
    return {
        "clock": _clock(taken),
        "work": work and work.id,
        "planned_until": work and work.until,
        "planned": work and work.model_dump_json(),
    }


def _committed(taken: Draft, place: Place) -> dict[str, Any]:
    """Return salt and commitment to the person's fields, as they are stored."""
    draft = taken.draft
    salt, commitment = commitments.commit(
        taken.report_id,
        {
            **{name: getattr(draft, name) for name in _SAID},
            "customer_id": place.customer_id if draft.reporter_is_customer else None,
            "service_point_id": place.service_point_id,
            "address": draft.address or place.address,
            "lon": place.lon,
            "lat": place.lat,
        },
    )
    return {"salt": salt, "commitment": commitment}
