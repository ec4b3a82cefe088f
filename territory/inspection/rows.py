"""Each row for itself: its id, its values, and whether what it points to is there."""

from datetime import datetime
from zoneinfo import available_timezones

from territory.inspection.look import Look, name_of
from territory.network import CHOICES, KINDS, NEEDED, OPTIONAL, POINTS_TO


def look_at_ids(look: Look) -> None:
    """Find kinds without a row, rows without an id, and ids given twice."""
    for kind in KINDS:
        rows = look.network.rows(kind)
        if kind in NEEDED and not rows and not look.unread.get(kind):
            look.add("nothing_of_kind", kind, 0, wanted=kind)
        first: dict[str, int] = {}
        for index, row in enumerate(rows):
            name = name_of(row)
            if name in first:
                look.add("duplicate_id", kind, index, "id", id=name, first=first[name] + 1)
            first.setdefault(name, index)


def look_at_values(look: Look) -> None:
    """Find columns that are empty, and words, zones and dates that do not exist."""
    for kind, row_type in KINDS.items():
        texts = [
            (place, column)
            for place, column in enumerate(row_type._fields)
            if row_type.__annotations__[column] is str and column not in OPTIONAL
        ]
        chosen = [
            (place, column, set(CHOICES[kind, column]))
            for place, column in enumerate(row_type._fields)
            if (kind, column) in CHOICES
        ]
        for index, row in enumerate(look.network.rows(kind)):
            for place, column in texts:
                if not row[place].strip():
                    look.add("missing_value", kind, index, column)
            for place, column, words in chosen:
                if row[place] not in words and not (row[place] is None and column in OPTIONAL):
                    known = ", ".join(CHOICES[kind, column])
                    look.add("not_one_of", kind, index, column, value=row[place], known=known)
    _look_at_zones(look)
    _look_at_licences(look)


def _look_at_zones(look: Look) -> None:
    zones = available_timezones()
    for index, row in enumerate(look.network.districts):
        if row.time_zone and row.time_zone not in zones:
            look.add("time_zone_unknown", "districts", index, "time_zone", value=row.time_zone)


def _look_at_licences(look: Look) -> None:
    for index, row in enumerate(look.network.crews):
        for name, expiry in row.licences:
            try:
                aware = datetime.fromisoformat(expiry).tzinfo is not None
            except ValueError:
                aware = False
            if not aware:
                look.add("not_a_moment", "crews", index, "licences", name=name, value=expiry)


def look_at_references(look: Look) -> None:
    """Find rows that point to a row that was not given."""
    for kind, row_type in KINDS.items():
        columns = [
            (place, name) for place, name in enumerate(row_type._fields) if name in POINTS_TO
        ]
        for index, row in enumerate(look.network.rows(kind)):
            for place, column in columns:
                wanted = row[place]
                if not wanted or look.knows(POINTS_TO[column], wanted):
                    continue
                look.add(
                    "unknown_reference", kind, index, column, value=wanted, of=POINTS_TO[column]
                )
