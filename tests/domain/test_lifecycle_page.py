"""The life-cycle page says what the rules say.

`RELIGHT_WRITE_DOCS=1 pytest tests/domain/test_lifecycle_page.py` writes it anew.
"""

import os
from pathlib import Path

import pytest

from domain import lifecycle
from domain.moves import MOVES
from tests.domain.builders import POLICIES, policy_named

PAGE = Path(__file__).resolve().parents[2] / "docs" / "lifecycle.md"


def tables() -> dict[str, str]:
    found = {
        "stages": lifecycle.stages_table(),
        "task_states": lifecycle.task_states_table(),
        "moves": lifecycle.moves_table(),
        "events": lifecycle.events_table(),
    }
    for path in sorted(POLICIES.glob("*.toml")):
        found[path.stem] = lifecycle.ladders_table(policy_named(path.stem))
    return found


def test_the_tables_of_the_page_are_those_of_the_rules() -> None:
    page = PAGE.read_text(encoding="utf-8")
    filled = lifecycle.fill(page, tables())
    if os.environ.get("RELIGHT_WRITE_DOCS"):
        PAGE.write_text(filled, encoding="utf-8")
        page = filled

    assert page == filled


def test_every_move_has_its_row() -> None:
    table = lifecycle.moves_table()

    assert all(f"| `{action}` |" in table for action in MOVES)
    assert "| `depart` | set out · 出发 | dispatcher, crew | any but closed |" in table


def test_a_table_without_a_place_is_a_defect() -> None:
    with pytest.raises(ValueError, match="no place for the table moves"):
        lifecycle.fill("# A page\n", {"moves": lifecycle.moves_table()})
