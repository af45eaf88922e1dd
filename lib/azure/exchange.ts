/** The transport of storage calls: sends a request on a kept-alive connection, reads the whole answer. */

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

/** Longest silence on the line. Short enough to leave time for another try. */
const LONGEST_SILENCE_MS = 4000;

const agent = new Agent({ keepAlive: true });
const secureAgent = new SecureAgent({ keepAlive: true });

/**
 * `until`: deadline by `performance.now()`. Throws a RestError if the line breaks or goes silent (the SDK's
 * policy retries that), another error once the deadline has passed.
 */
export function exchange(sent: PipelineRequest, until: number): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const left = until - performance.now();
  if (left <= 0) return Promise.reject(new Error("The time for all tries is over."));
  const fail = (error: Error) => reject(lineBroken(error, sent));
  const outgoing = open(sent, Math.min(left, LONGEST_SILENCE_MS), (incoming) => {
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
  timeout: number,
  onAnswer: (incoming: IncomingMessage) => void,
): ClientRequest {
  const options = { method, headers: headers.toJSON({ preserveCase: true }), timeout };
  return url.startsWith("https:")
    ? secureRequest(url, { ...options, agent: secureAgent }, onAnswer)
    : request(url, { ...options, agent }, onAnswer);
}

const lineBroken = ({ message }: Error, request: PipelineRequest) =>
  new RestError(message, { code: RestError.REQUEST_SEND_ERROR, request });
