/** The HTTP status and the details inside an SDK's error; undefined for everything else (no answer, time-out, not an SDK error). */
import { RestError } from "@azure/core-rest-pipeline";

export const restStatus = (error: unknown): number | undefined =>
  error instanceof RestError ? error.statusCode : undefined;

/** What the service says of it, as the SDK has parsed it. */
export const restDetails = (error: unknown): unknown =>
  error instanceof RestError ? error.details : undefined;

const NO_CONTAINER = ["ContainerNotFound", "ContainerBeingDeleted", "ContainerDisabled"];

export const isContainerMissing = (error: unknown): boolean =>
  error instanceof RestError && NO_CONTAINER.includes(error.code ?? "");
