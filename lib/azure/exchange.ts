/** One HTTP request and its whole answer, over connections that are kept alive: what a storage call needs of a transport. */
import {
  Agent,
  type ClientRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request,
} from "node:http";
import { Agent as SecureAgent, request as secureRequest } from "node:https";
import { type PipelineRequest, RestError } from "@azure/core-rest-pipeline";

export type Answer = { status: number; headers: IncomingHttpHeaders; content: Buffer };

/** For each silence of the line: a dead one must leave time for another try. */
const SILENCE_MS = 4000;

const agent = new Agent({ keepAlive: true });
const secureAgent = new SecureAgent({ keepAlive: true });

/** Fails with a RestError if the line breaks, which the SDK's policy tries again, and as `signal` says once that is aborted. */
export function exchange(sent: PipelineRequest, signal: AbortSignal): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const fail = (error: Error) => reject(signal.aborted ? error : lineBroken(error, sent));
  const outgoing = open(sent, signal, (incoming) => {
    const chunks: Buffer[] = [];
    incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
    incoming.on("error", fail);
    incoming.on("end", () => {
      const { statusCode: status = 0, headers } = incoming;
      resolve({ status, headers, content: Buffer.concat(chunks) });
    });
  });
  outgoing.on("error", fail);
  outgoing.on("timeout", () => outgoing.destroy(new Error("The line was silent for too long.")));
  outgoing.end(sent.body);
  return promise;
}

function open(
  { url, method, headers }: PipelineRequest,
  signal: AbortSignal,
  onAnswer: (incoming: IncomingMessage) => void,
): ClientRequest {
  const options = { method, headers: headers.toJSON({ preserveCase: true }), signal, timeout: SILENCE_MS };
  return url.startsWith("https:")
    ? secureRequest(url, { ...options, agent: secureAgent }, onAnswer)
    : request(url, { ...options, agent }, onAnswer);
}

const lineBroken = ({ message }: Error, request: PipelineRequest) =>
  new RestError(message, { code: RestError.REQUEST_SEND_ERROR, request });
