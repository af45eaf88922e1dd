/** The storage calls that people wait for, over the SDK's pipeline with only its retries and sign-in. */
/**
 * The SDK's clients do more around each call (mapping forty headers, XML, tracing) than the call itself
 * takes.
 */
import {
  bearerTokenAuthenticationPolicy,
  createEmptyPipeline,
  createHttpHeaders,
  createPipelineRequest,
  type HttpClient,
  type HttpHeaders,
  type PipelinePolicy,
  RestError,
} from "@azure/core-rest-pipeline";
import type { TokenCredential } from "@azure/identity";
import {
  StorageRetryPolicyType,
  storageRetryPolicy,
  storageSharedKeyCredentialPolicy,
} from "@azure/storage-common";
import type { StorageAddress } from "../config/values.ts";
import { type Answer, exchange } from "./exchange.ts";

/** `url`: with its path escaped. `deadlineMs`: for all tries together. */
export type StorageCall = {
  method: "GET" | "PUT" | "POST" | "DELETE";
  url: string;
  headers?: Record<string, string>;
  body?: Buffer;
  deadlineMs: number;
};

/** Throws a RestError like the SDK's clients if storage refuses, or answers none of three tries. */
export type CallStorage = (call: StorageCall) => Promise<Answer>;

/** Supported by every storage account and emulator; has all of these calls. */
const VERSION = "2021-12-02";
const SCOPE = "https://storage.azure.com/.default";

export const RETRIES = {
  retryPolicyType: StorageRetryPolicyType.EXPONENTIAL,
  maxTries: 3,
  retryDelayInMs: 200,
  maxRetryDelayInMs: 1000,
};

export function storageCalls(address: StorageAddress, credential: TokenCredential): CallStorage {
  const pipeline = createEmptyPipeline();
  pipeline.addPolicy(storageRetryPolicy(RETRIES), { phase: "Retry" });
  pipeline.addPolicy(signing(address, credential), { phase: "Sign" });
  return async ({ method, url, headers, body, deadlineMs }) => {
    const request = createPipelineRequest({
      method,
      url,
      headers: createHttpHeaders({ "x-ms-version": VERSION, ...headers }),
      ...(body && { body }),
      allowInsecureConnection: true,
    });
    const { client, answer } = wholeAnswers(performance.now() + deadlineMs);
    await pipeline.sendRequest(client, request);
    const { status, headers: told, content } = answer();
    if (status < 300) return { status, headers: told, content };
    const code = String(told["x-ms-error-code"] ?? "");
    throw new RestError(`Storage answered ${status} ${code}`, { code, statusCode: status });
  };
}

const signing = (address: StorageAddress, credential: TokenCredential): PipelinePolicy =>
  "connectionString" in address
    ? storageSharedKeyCredentialPolicy(sharedKeyIn(address.connectionString))
    : bearerTokenAuthenticationPolicy({ credential, scopes: SCOPE });

function sharedKeyIn(connectionString: string): { accountName: string; accountKey: Buffer } {
  const [, accountName = ""] = /AccountName=([^;]+)/.exec(connectionString) ?? [];
  const [, accountKey = ""] = /AccountKey=([^;]+)/.exec(connectionString) ?? [];
  return { accountName, accountKey: Buffer.from(accountKey, "base64") };
}

/**
 * A pipeline passes on texts and streams. Each try reads its whole answer, so that a cut-off one is retried.
 */
function wholeAnswers(until: number): { client: HttpClient; answer: () => Answer } {
  let last: Answer | undefined;
  const client: HttpClient = {
    async sendRequest(request) {
      last = await exchange(request, until);
      return { request, status: last.status, headers: headersToJudge(last) };
    },
  };
  return { client, answer: () => last ?? fail() };
}

/** Only the headers of a refusal: policies look at no others. */
function headersToJudge({ status, headers }: Answer): HttpHeaders {
  const judged = createHttpHeaders();
  if (status < 400) return judged;
  for (const [name, value] of Object.entries(headers)) judged.set(name, String(value));
  return judged;
}

function fail(): never {
  throw new RangeError("The pipeline answered nothing.");
}
