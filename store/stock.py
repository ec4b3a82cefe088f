"""The parts that crews carry, as told last; what work has used up since is taken off by itself."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from store.tables.crews import CrewStockRow


def tell(
    session: Session, crew_id: str, parts: Mapping[str, int] | None, *, by: str, at: datetime
) -> None:
    """Keep what a crew carries now, whatever was told before; None: nobody counts it any more."""
    if parts is None:
        session.execute(delete(CrewStockRow).where(CrewStockRow.crew_id == crew_id))
        return
    told = {"parts": dict(parts), "told_at": at, "told_by": by}
    query = insert(CrewStockRow).values(crew_id=crew_id, **told)
    session.execute(query.on_conflict_do_update(index_elements=["crew_id"], set_=told))
