"""What the live feed reads: one row for every change of a row that screens show."""

from datetime import datetime

from sqlalchemy import BigInteger, Identity, text
from sqlalchemy.orm import Mapped, mapped_column

from store.tables.base import Base, BigInt


class ChangeRow(Base):
    """That something shown was changed; append-only, written by triggers alone.

    (`xid`, `id`) is the order in which readers read. `districts` are all whom the change concerns,
    those that lose sight of it too. `noted_at` is real time.
    """

    __tablename__ = "changes"

    xid: Mapped[BigInt] = mapped_column(
        BigInteger,
        primary_key=True,
        autoincrement=False,
        server_default=text("pg_current_xact_id()::text::bigint"),
    )
    id: Mapped[BigInt] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    kind: Mapped[str]
    key: Mapped[str]
    districts: Mapped[list[str]]
    noted_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
