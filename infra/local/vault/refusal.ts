/** Every refusal of the vault, with the status, codes and words of the service. */
export class Refusal extends Error {
  readonly status: number;
  readonly code: string;
  readonly inner: string | undefined;

  constructor(
    status: number,
    code: string,
    message: string,
    options: { inner?: string; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
    this.name = "Refusal";
    this.status = status;
    this.code = code;
    this.inner = options.inner;
  }

  get body() {
    const { code, message, inner } = this;
    return { error: { code, message, ...(inner && { innererror: { code: inner } }) } };
  }
}

export const badParameter = (message: string, cause?: unknown) =>
  new Refusal(400, "BadParameter", message, { cause });

export const unauthorized = (message = "Request is missing a Bearer or PoP token.", cause?: unknown) =>
  new Refusal(401, "Unauthorized", message, { cause });

export const forbidden = (inner: string, message: string) =>
  new Refusal(403, "Forbidden", message, { inner });

export const keyNotFound = (name: string) =>
  new Refusal(
    404,
    "KeyNotFound",
    `A key with (name/id) ${name} was not found in this key vault. If you recently deleted this key you may be able to recover it using the correct recovery command.`,
  );

export const throttled = () =>
  new Refusal(
    429,
    "Throttled",
    "Request was not processed because too many requests were received. Reason: VaultRequestTypeLimitReached",
  );

export const serverError = () =>
  new Refusal(500, "InternalServerError", "An internal error occurred while processing the request.");

export const unavailable = () =>
  new Refusal(503, "ServiceUnavailable", "The service is temporarily unavailable. Try again later.");
