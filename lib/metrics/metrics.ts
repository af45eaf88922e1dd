/** The service's figures, through the OpenTelemetry API: unused until a provider is set. */
/** Every attribute has one of a few known values, so that none can name a person or a key. */
import { type Attributes, type Counter, type Histogram, metrics } from "@opentelemetry/api";

type Instruments = { operations: Histogram; vaultCalls: Counter; swept: Counter };
let instruments: Instruments | undefined;

/** Created on first use: instruments created before a provider is set never reach it. */
function instrumentsOf(): Instruments {
  const meter = metrics.getMeter("authenticator-backup");
  instruments ??= {
    operations: meter.createHistogram("backup.operation.duration", {
      description: "How long an endpoint, or a function that nobody waits for, took",
      unit: "s",
      advice: { explicitBucketBoundaries: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] },
    }),
    vaultCalls: meter.createCounter("backup.vault.calls", { description: "Calls to Key Vault" }),
    swept: meter.createCounter("backup.sweep.handled", {
      description: "What sweeps found due and worked on",
    }),
  };
  return instruments;
}

/** `result`: `ok`, or the kind of the problem. */
export function operationEnded(operation: string, result: string, milliseconds: number): void {
  instrumentsOf().operations.record(milliseconds / 1000, { operation, result });
}

export async function vaultCall<T>(call: "unwrap" | "get-key", work: () => Promise<T>): Promise<T> {
  const count = (result: string) => instrumentsOf().vaultCalls.add(1, { call, result } satisfies Attributes);
  try {
    const answer = await work();
    count("ok");
    return answer;
  } catch (error) {
    count("failed");
    throw error;
  }
}

export function sweptPage(sweep: string, handled: number): void {
  instrumentsOf().swept.add(handled, { sweep });
}
