"""What a process tells machines about itself: traces, and the metrics of Temporal's client.

Off unless its settings are set; then nothing of it is loaded.
"""

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import Engine, event
from temporalio.client import Interceptor as ClientInterceptor
from temporalio.common import MetricMeter
from temporalio.runtime import (
    LogForwardingConfig,
    LoggingConfig,
    PrometheusConfig,
    Runtime,
    TelemetryConfig,
    TelemetryFilter,
)

from activities import counts
from relight.settings import Settings

if TYPE_CHECKING:
    from fastapi import FastAPI
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.trace import Tracer

# Each process of one machine has a port of its own, counted from the one that is set.
PORTS = {"worker": 0, "planner": 1, "relay": 2}
# Links and sign-ins carry secrets in their addresses: nothing of them is traced.
UNTRACED = "healthz,readyz,metrics,v1/track/,oidc/"


@dataclass(frozen=True)
class Telemetry:
    """The parts of one process that tell about it."""

    runtime: Runtime
    provider: "TracerProvider | None" = None

    @property
    def meter(self) -> MetricMeter:
        """What counts, for the endpoint of this process; counts nothing where there is none."""
        return self.runtime.metric_meter

    @property
    def tracer(self) -> "Tracer":
        """What makes spans; makes none where nothing is traced."""
        from opentelemetry.trace import NoOpTracer

        return self.provider.get_tracer("relight") if self.provider else NoOpTracer()

    def interceptors(self) -> list[ClientInterceptor]:
        """Return what carries a trace through Temporal, for clients and their workers."""
        if self.provider is None:
            return []
        from relight.carried_traces import CarriedTraces

        return [CarriedTraces(self.tracer)]

    def watch_engine(self, engine: Engine) -> Engine:
        """Make a span of every statement on this engine; the values stay out of it."""
        provider = self.provider
        if provider is not None:
            from opentelemetry.instrumentation.psycopg import PsycopgInstrumentor

            def watch(connection: Any, _record: Any) -> None:
                PsycopgInstrumentor.instrument_connection(connection, provider)

            event.listen(engine, "connect", watch)
        return engine

    def watch_app(self, app: "FastAPI") -> "FastAPI":
        """Make a span of every request."""
        if self.provider is not None:
            from opentelemetry.instrumentation.fastapi import FastAPIInstrumentor
            from opentelemetry.metrics import NoOpMeterProvider

            FastAPIInstrumentor.instrument_app(
                app,
                tracer_provider=self.provider,
                meter_provider=NoOpMeterProvider(),
                excluded_urls=UNTRACED,
                exclude_spans=["receive", "send"],
            )
        return app

    def close(self) -> None:
        """Send what still waits."""
        if self.provider is not None:
            self.provider.shutdown()


def set_up_telemetry(settings: Settings, process: str) -> Telemetry:
    """Return what the settings ask for."""
    return Telemetry(_runtime(settings, process), _provider(settings, process))


def metrics_address(settings: Settings, process: str) -> str | None:
    """Return where a process serves its metrics, if it does."""
    if settings.metrics_address is None or process not in PORTS:
        return None
    host, _, port = settings.metrics_address.rpartition(":")
    return f"{host}:{int(port) + PORTS[process]}"


def _runtime(settings: Settings, process: str) -> Runtime:
    """Make the client's runtime; its own lines go through ours, without what they quote."""
    metrics = None
    address = metrics_address(settings, process)
    if address is not None:
        metrics = PrometheusConfig(
            bind_address=address,
            counters_total_suffix=True,
            unit_suffix=True,
            durations_as_seconds=True,
            histogram_bucket_overrides=counts.BUCKETS,
        )
    forwarding = LogForwardingConfig(
        logger=logging.getLogger("temporalio"),
        prepend_target_on_message=False,
        append_log_fields_to_message=False,
    )
    lines = LoggingConfig(
        filter=TelemetryFilter(core_level="WARN", other_level="ERROR"), forwarding=forwarding
    )
    return Runtime(
        telemetry=TelemetryConfig(logging=lines, metrics=metrics, attach_service_name=False)
    )


def _provider(settings: Settings, process: str) -> "TracerProvider | None":
    if settings.otlp_endpoint is None:
        return None
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    from relight.carried_traces import provider_of
    from relight.discreet_spans import DiscreetExporter

    exporter = OTLPSpanExporter(endpoint=f"{settings.otlp_endpoint.rstrip('/')}/v1/traces")
    provider = provider_of(process)
    provider.add_span_processor(BatchSpanProcessor(DiscreetExporter(exporter)))
    return provider
