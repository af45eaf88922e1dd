/** Every refusal of the mailbox, in the words and the shape of Communication Services. */
import { STATUS_CODES } from "node:http";
import { Refusal } from "../loopback-server.ts";

const refusal = (status: number, code: string, message: string, cause?: unknown) =>
  new Refusal(status, code, message, { cause, headers: { "x-ms-error-code": code } });

/** The service doesn't say what is wrong with a signature. */
export const denied = () => refusal(401, "Denied", "Denied by the resource provider.");

export const badRequest = (message: string, cause?: unknown) => refusal(400, "BadRequest", message, cause);

export const notFound = (message: string) => refusal(404, "NotFound", message);

export const ordered = (status: number) => {
  const reason = STATUS_CODES[status] ?? "Error";
  return refusal(status, reason.replaceAll(" ", ""), `${reason}, as ordered by PUT /dev/faults.`);
};
