"""Answers about a customer's link and what it shows."""

from api.answers.base import Answer, Moment, Names


class LinkMade(Answer):
    """A link for one report; `path` is where it is opened, without the host."""

    token: str
    path: str
    expires_at: Moment


class Tracked(Answer):
    """How far it is, for whoever holds the link; nothing about any person."""

    report: int
    received_at: Moment
    stage: str | None
    status: str | None
    words: Names
    promised_arrival_at: Moment | None
    expected_by: Moment | None
    arrived_at: Moment | None
    estimated_at: Moment | None
    restored_at: Moment | None
    expires_at: Moment
