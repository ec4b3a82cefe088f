"""That personal data went: when, by whom, why and how many rows; never whose."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from store.tables.base import Base, BigInt, Key, Serial


class ErasureRow(Base):
    """One erasure; append-only, and the key to the guards of the transaction that wrote it.

    `at` and `before` are house time. The database itself sets `noted_at` and `txid`.
    """

    __tablename__ = "erasures"
    __table_args__ = (
        Index("ix_erasures_txid", "txid"),
        Index("ix_erasures_rule_noted_at", "rule", "noted_at"),
    )

    id: Mapped[Serial]
    rule: Mapped[str]
    at: Mapped[datetime]
    by: Mapped[str]
    why: Mapped[str]
    before: Mapped[datetime | None]
    counts: Mapped[dict[str, Any]]
    noted_at: Mapped[datetime]
    txid: Mapped[BigInt]


class ForgottenRow(Base):
    """A report whose person asked to be forgotten: to be forgotten again in a restored backup."""

    __tablename__ = "forgotten"

    report_id: Mapped[Key]
    erasure_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("erasures.id"))
