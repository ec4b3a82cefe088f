"""What the process counts about itself, for Prometheus; each application has its own registry."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

_FAST_S = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10)


class Gauges:
    """Counters of requests and intake, and gauges filled from the database when asked."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = self._counter("http_requests", "Requests.", "method", "route", "status")
        self.latency = self._histogram("http_seconds", "Time to answer.", "method", "route")
        self.intake = self._histogram("intake_seconds", "Time to take a report, commit included.")
        self.reports = self._counter("reports", "Reports, by what became of them.", "outcome")
        self.turned_away = self._counter("turned_away", "Requests turned away.", "reason")
        self.admitted = self._counter("intake_admitted", "Reports let in, by lane.", "lane")
        self.open = Gauge(
            "relight_intake_open", "Reports in or waiting, by lane.", ["lane"],
            registry=self.registry,
        )  # fmt: skip
        self.actions = self._counter("actions", "Actions, by outcome.", "kind", "outcome")
        self.database = self._gauge("database_up", "Whether the database answered when last asked.")
        self._pulse = {name: self._gauge(name, told) for name, told in PULSE.items()}

    def _counter(self, name: str, told: str, *labels: str) -> Counter:
        return Counter(f"relight_{name}", told, labels, registry=self.registry)

    def _histogram(self, name: str, told: str, *labels: str) -> Histogram:
        return Histogram(f"relight_{name}", told, labels, registry=self.registry, buckets=_FAST_S)

    def _gauge(self, name: str, told: str) -> Gauge:
        return Gauge(f"relight_{name}", told, registry=self.registry)

    def show(self, pulse: dict[str, float]) -> None:
        """Take over what the database says about the whole installation."""
        for name, value in pulse.items():
            self._pulse[name].set(value)


PULSE = {
    "outbox_depth": "Messages not yet carried to a workflow.",
    "outbox_oldest_seconds": "Age of the oldest message not yet carried.",
    "dead_letters": "Messages given up after too many tries.",
    "projection_lag_seconds": "Longest wait of a report its outage has not acknowledged.",
    "open_outages": "Outages not sealed.",
    "open_pages": "Alerts nobody has acknowledged.",
    "open_callbacks": "Reporters still to be called back.",
    "unjudged_facts": "Statements from the field without a verdict.",
    "sweep_age_seconds": "Time since the last retention sweep ended.",
    "projection_alarms": "Outages whose rows stand still: stored and given events disagree.",
}
