"""Every column says whose data it holds, and the page says what the register says.

`RELIGHT_WRITE_DOCS=1 pytest tests/store/test_privacy.py` writes the page anew.
"""

import os

from domain.lifecycle import fill
from relight.settings import CODE
from store import privacy
from store.tables import metadata

PAGE = CODE / "docs" / "privacy.md"


def test_every_column_is_in_the_register_and_no_other() -> None:
    columns = {(table.name, each.name) for table in metadata.tables.values() for each in table.c}
    known = privacy.register().known()

    assert columns - known == set(), "say in store/privacy.toml whose data these columns hold"
    assert known - columns == set(), "store/privacy.toml names columns that do not exist"


def test_the_tables_of_the_page_are_those_of_the_register() -> None:
    page = PAGE.read_text(encoding="utf-8")
    filled = fill(page, privacy.tables())
    if os.environ.get("RELIGHT_WRITE_DOCS"):
        PAGE.write_text(filled, encoding="utf-8")
        page = filled

    assert page == filled
