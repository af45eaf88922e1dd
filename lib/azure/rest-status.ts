/** The HTTP status inside an SDK's error; undefined for everything else (no answer, time-out, not an SDK error). */
import { RestError } from "@azure/storage-blob";

export const restStatus = (error: unknown): number | undefined =>
  error instanceof RestError ? error.statusCode : undefined;
