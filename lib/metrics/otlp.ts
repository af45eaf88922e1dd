/** Sends the figures to an OpenTelemetry collector (OTLP over HTTP). */
/** Slow to load, so the app loads it only if a collector is set. */
import { randomUUID } from "node:crypto";
import { metrics } from "@opentelemetry/api";
import { OTLPMetricExporter } from "@opentelemetry/exporter-metrics-otlp-http";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { MeterProvider, PeriodicExportingMetricReader } from "@opentelemetry/sdk-metrics";

/**
 * Returns a function that sends the rest before the process ends. The address is our own setting: with
 * OpenTelemetry's variables the host would send its log lines and request paths there, too.
 */
export function startMetrics(endpoint: string, intervalSeconds: number): () => Promise<void> {
  const exporter = new OTLPMetricExporter({ url: `${endpoint}/v1/metrics` });
  const reader = new PeriodicExportingMetricReader({
    exporter,
    exportIntervalMillis: intervalSeconds * 1000,
    exportTimeoutMillis: intervalSeconds * 1000,
  });
  const resource = resourceFromAttributes({
    "service.name": "authenticator-backup",
    "service.instance.id": randomUUID(),
  });
  const provider = new MeterProvider({ resource, readers: [reader] });
  metrics.setGlobalMeterProvider(provider);
  return () => provider.shutdown();
}
