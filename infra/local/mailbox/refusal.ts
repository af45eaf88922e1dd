/** Every refusal of the mailbox, in the words and the shape of Communication Services. */
import { STATUS_CODES } from "node:http";

export class Refusal extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string, cause?: unknown) {
    super(message, { cause });
    this.name = "Refusal";
    this.status = status;
    this.code = code;
  }

  get body() {
    return { error: { code: this.code, message: this.message } };
  }

  get headers() {
    return { "x-ms-error-code": this.code };
  }
}

/** The service doesn't say what is wrong with a signature. */
export const denied = () => new Refusal(401, "Denied", "Denied by the resource provider.");

export const badRequest = (message: string, cause?: unknown) =>
  new Refusal(400, "BadRequest", message, cause);

export const notFound = (message: string) => new Refusal(404, "NotFound", message);

export const ordered = (status: number) => {
  const reason = STATUS_CODES[status] ?? "Error";
  return new Refusal(status, reason.replaceAll(" ", ""), `${reason}, as ordered by PUT /dev/faults.`);
};
