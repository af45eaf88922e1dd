/** The HTTP status inside an SDK's error; undefined for everything else (no answer, time-out, not an SDK error). */
import { RestError } from "@azure/storage-blob";

export const restStatus = (error: unknown): number | undefined =>
  error instanceof RestError ? error.statusCode : undefined;

const NO_CONTAINER = ["ContainerNotFound", "ContainerBeingDeleted", "ContainerDisabled"];

export const isContainerMissing = (error: unknown): boolean =>
  error instanceof RestError && NO_CONTAINER.includes(error.code ?? "");
