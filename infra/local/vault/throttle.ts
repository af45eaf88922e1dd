/** The service's limit of transactions per vault in ten seconds, weighted by key size. */
import { performance } from "node:perf_hooks";

const windowMs = 10_000;
const weightBySize = { 2048: 0.25, 3072: 1, 4096: 2 } as const;

/** A 3072-bit key in an HSM: 500 operations in ten seconds, or 2,000 on a 2048-bit key, or ten new keys. */
const defaultOperationsPer10Seconds = 500;

export type Throttle = {
  /** `null` switches the limit off. */
  limitTo(operationsPer10Seconds: number | null): void;
  /** Whether the call is within the limit; refused calls don't count against it. */
  admit(call: { keySize?: keyof typeof weightBySize | undefined; makesKey: boolean }): boolean;
};

export function createThrottle(
  initialLimit: number | null = defaultOperationsPer10Seconds,
  now: () => number = () => performance.now(),
): Throttle {
  let limit = initialLimit;
  let admitted: { at: number; weight: number }[] = [];
  return {
    limitTo(operationsPer10Seconds) {
      limit = operationsPer10Seconds;
      admitted = [];
    },
    admit({ keySize = 3072, makesKey }) {
      if (limit === null) return true;
      const at = now();
      admitted = admitted.filter((call) => call.at > at - windowMs);
      const weight = makesKey ? limit / 10 : weightBySize[keySize];
      const used = admitted.reduce((sum, call) => sum + call.weight, 0);
      if (used + weight > limit) return false;
      admitted.push({ at, weight });
      return true;
    },
  };
}
