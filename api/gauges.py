"""What the process counts about itself, for Prometheus; each application has its own registry."""

from collections.abc import Iterable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from api.pulse import FAMILIES
from store.readings import Reading

_FAST_S = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10)


class Gauges:
    """Counters of requests and intake, and what was last read of the whole installation."""

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
        self.waiting = self._gauge("door_waiting", "Callers at the door, unread, as last told.")
        self.actions = self._counter("actions", "Actions, by outcome.", "kind", "outcome")
        self.live_clients = self._gauge("live_clients", "Clients of the live feed.")
        self.live_lag = self._gauge("live_lag_seconds", "How long the oldest change waits.")
        self.live_resyncs = self._counter("live_resyncs", "Clients told to begin anew.", "reason")
        self._readings = _Readings()
        self.registry.register(self._readings)

    def _counter(self, name: str, told: str, *labels: str) -> Counter:
        return Counter(f"relight_{name}", told, labels, registry=self.registry)

    def _histogram(self, name: str, told: str, *labels: str) -> Histogram:
        return Histogram(f"relight_{name}", told, labels, registry=self.registry, buckets=_FAST_S)

    def _gauge(self, name: str, told: str) -> Gauge:
        return Gauge(f"relight_{name}", told, registry=self.registry)

    def show(self, readings: list[Reading]) -> None:
        """Take over what is known of the whole installation; what is not known is not shown."""
        self._readings.last = readings

    def names(self) -> list[str]:
        """Name every family there is, also those of which nothing is known now."""
        counted = {metric.name for metric in self.registry.collect()}
        return sorted(counted | {f"relight_{name}" for name in FAMILIES})


class _Readings(Collector):
    """Shows the last readings, family by family."""

    def __init__(self) -> None:
        self.last: list[Reading] = []

    def describe(self) -> Iterable[Metric]:
        """Name the families, so that no counter takes one of their names."""
        return [_family(name) for name in FAMILIES]

    def collect(self) -> Iterable[Metric]:
        """Return the families of which something is known."""
        shown: dict[str, GaugeMetricFamily] = {}
        for reading in self.last:
            metric = shown.setdefault(reading.family, _family(reading.family))
            metric.add_metric(reading.labels, reading.value)
        return shown.values()


def _family(name: str) -> GaugeMetricFamily:
    family = FAMILIES[name]
    return GaugeMetricFamily(f"relight_{name}", family.told, labels=family.labels)
