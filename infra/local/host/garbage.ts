/**
 * Collects what ended requests leave behind. The library keeps its private state in WeakMaps, so requests and their
 * bodies outlive V8's quick collections; left alone, hundreds of megabytes of them pile up before a full one.
 */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

const COLLECT_AFTER_BYTES = 16_000_000;
/** What a request leaves behind apart from its body. */
const REQUEST_BYTES = 10_000;

// A small young generation: quick collections stay at a millisecond, where a grown one takes twenty.
setFlagsFromString("--semi-space-growth-factor=1");
setFlagsFromString("--expose-gc");
const collect: NodeJS.GCFunction = runInNewContext("gc");

let uncollected = 0;

/** Call when a request with a body of this length has ended. */
export function requestEnded(bodyBytes: number): void {
  uncollected += bodyBytes + REQUEST_BYTES;
  if (uncollected < COLLECT_AFTER_BYTES) return;
  uncollected = 0;
  collect({ type: "major" });
}
