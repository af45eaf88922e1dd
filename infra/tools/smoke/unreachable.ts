/** Explains why an address didn't answer, in a sentence that says what to do. */
import { textOf } from "./address.ts";

/** By the code that Node, OpenSSL or undici gives an error, or by the error's name. */
const SENTENCES: [RegExp, (url: URL) => string][] = [
  [/^ECONNREFUSED$/, (url) => `Nothing listens at ${textOf(url)}: is the service running, and on that port?`],
  [/^(ENOTFOUND|EAI_AGAIN)$/, ({ hostname }) => `There is no host ${hostname}: is the name right?`],
  [/^(EHOSTUNREACH|ENETUNREACH)$/, ({ hostname }) => `No network leads to ${hostname}.`],
  [
    /^(CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|ERR_TLS_CERT)/,
    ({ hostname }) => `The certificate of ${hostname} can't be trusted.`,
  ],
  [
    /^(ERR_SSL_|EPROTO)/,
    (url) => `${textOf(url)} speaks no TLS that this machine accepts: is it plain http?`,
  ],
  [
    /^(HPE_|HTTPParserError$|UND_ERR_SOCKET$|ECONNRESET$)/,
    (url) => `What listens at ${textOf(url)} gives no HTTP answer.`,
  ],
];

export function describeUnreachable(url: URL, error: unknown): string {
  if (error instanceof Error && error.name === "TimeoutError") return `${textOf(url)} didn't answer in time.`;
  const cause = causeOf(error);
  const [, sentence] = SENTENCES.find(([pattern]) => pattern.test(cause)) ?? [];
  return `${sentence?.(url) ?? `${textOf(url)} can't be reached.`} (${cause})`;
}

/** The innermost cause; if a host has several addresses, the first one's. */
function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof AggregateError && error.errors.length > 0) return causeOf(error.errors[0]);
  if ("code" in error && typeof error.code === "string") return error.code;
  if (error.cause !== undefined) return causeOf(error.cause);
  return error.name === "Error" ? error.message : error.name;
}
