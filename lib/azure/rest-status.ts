/** Reads the HTTP status and details of an SDK error; undefined without an answer or for another error. */
import { RestError } from "@azure/core-rest-pipeline";

export const restStatus = (error: unknown): number | undefined =>
  error instanceof RestError ? error.statusCode : undefined;

/** The service's error details, as parsed by the SDK. */
export const restDetails = (error: unknown): unknown =>
  error instanceof RestError ? error.details : undefined;

const NO_CONTAINER = ["ContainerNotFound", "ContainerBeingDeleted", "ContainerDisabled"];

export const isContainerMissing = (error: unknown): boolean =>
  error instanceof RestError && NO_CONTAINER.includes(error.code ?? "");
