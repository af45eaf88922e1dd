/** Requests that no proper client sends: repeated, missing or odd headers, odd bodies and paths. */
import { type RequestOptions, request } from "node:http";
import { buffer } from "node:stream/consumers";
import { inject } from "vitest";
import type { Reply } from "../../infra/local/phone.ts";
import { endpointFor, expectDeclared } from "../support/declared.ts";
import type { CheckedPhone } from "../support/phones.ts";

/** Node sends a header's letters as bytes; the host reads them as UTF-8. */
export const encodeUtf8 = (text: string) => Buffer.from(text).toString("latin1");

const appVersions = { ios: "ios/5.7.0", android: "android/6.6.0" };

/** `headers` replace the phone's own; a list is sent as several headers, undefined omits the header. */
export type Raw = {
  headers?: Record<string, string | string[] | undefined>;
  body?: string | Buffer;
  chunked?: boolean;
  /** The path that the device proof is made for, if it isn't the requested one. */
  provenPath?: string;
};

/** Sends it unchanged; the reply must be one that the endpoint declares. */
export async function rawCall(
  phone: CheckedPhone,
  method: string,
  path: string,
  raw: Raw = {},
): Promise<Reply> {
  const reply = await send(phone, method, path, raw);
  const { api } = inject("surroundings");
  const { endpoint } = endpointFor(method, `${api}/${raw.provenPath ?? path}`, api);
  expectDeclared(endpoint, reply);
  return reply;
}

/** Sends it unchanged; `path` is relative to the API's address. */
export async function send(
  phone: CheckedPhone,
  method: string,
  path: string,
  { headers = {}, body, chunked = false, provenPath = path }: Raw = {},
): Promise<Reply> {
  const { api } = inject("surroundings");
  const { hostname, port, pathname } = new URL(api);
  const all = {
    authorization: `Bearer ${phone.token}`,
    dpop: phone.proof(method, `${api}/${provenPath}`, phone.token),
    "app-version": appVersions[phone.platform],
    ...(body !== undefined && { "content-type": "application/json" }),
    ...(body !== undefined && !chunked && { "content-length": String(Buffer.byteLength(body)) }),
    ...(chunked && { "transfer-encoding": "chunked" }),
    ...headers,
  };
  const sent = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
  return await answerTo({ hostname, port, path: `${pathname}/${path}`, method, headers: sent }, body);
}

async function answerTo(options: RequestOptions, body: string | Buffer = ""): Promise<Reply> {
  const { promise, resolve, reject } = Promise.withResolvers<Reply>();
  const asking = request(options, async (response) => {
    const text = (await buffer(response)).toString();
    const { statusCode = 0, headersDistinct } = response;
    const headers = new Headers();
    for (const [name, values = []] of Object.entries(headersDistinct)) headers.set(name, values.join(", "));
    resolve({ status: statusCode, headers, body: text === "" ? undefined : JSON.parse(text) });
  });
  asking.useChunkedEncodingByDefault = false;
  asking.on("error", reject).end(body);
  return await promise;
}
