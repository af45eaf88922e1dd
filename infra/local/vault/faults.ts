/** Faults that a test or a demo may order: delays, refusals, broken connections, a read-only vault. */
import * as z from "zod";
import type { Refusal } from "../loopback-server.ts";
import { forbidden, serverError, throttled, unavailable } from "./refusal.ts";

export const Fault = z.strictObject({
  status: z.union([z.literal(403), z.literal(429), z.literal(500), z.literal(503)]).optional(),
  latencyMs: z.int().nonnegative().optional(),
  disconnect: z.boolean().optional(),
  readOnly: z.boolean().optional(),
  /** How many calls it affects; without it, all until it is deleted. */
  times: z.int().positive().optional(),
});
export type Fault = z.infer<typeof Fault>;

export type Faults = {
  order(fault: Fault | undefined): void;
  /** The fault for this call, if any. */
  take(changesKeys: boolean): Fault | undefined;
};

export function createFaults(): Faults {
  let current: Fault | undefined;
  return {
    order(fault) {
      current = fault && { ...fault };
    },
    take(changesKeys) {
      if (!current || (current.readOnly && !changesKeys)) return undefined;
      const met = current;
      if (met.times !== undefined) current = met.times > 1 ? { ...met, times: met.times - 1 } : undefined;
      return met;
    },
  };
}

export function refusalOf({ status, readOnly }: Fault): Refusal | undefined {
  if (readOnly)
    return forbidden("ReadOnly", "The vault is in read-only mode; only read operations are allowed.");
  if (status === undefined) return undefined;
  return refusalByStatus[status]();
}

const refusalByStatus = {
  403: () => forbidden("ForbiddenByPolicy", "Operation is not allowed by the key vault's policy."),
  429: throttled,
  500: serverError,
  503: unavailable,
} as const;
