/** A simulated phone: makes its device key, signs in at the issuer, and calls the API as an app would. */
import { createHash, generateKeyPairSync, type KeyObject, randomUUID, sign } from "node:crypto";
import * as z from "zod";
import { devToken } from "./tokens.ts";

const ClockSkewed = z.object({ type: z.literal("/api/problems/clock-skewed"), serverTime: z.coerce.date() });

export type Platform = "ios" | "android";
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;
/** `fetch` and `now` are the phone's network and clock; the real ones by default. */
export type PhoneOptions = {
  api: string;
  issuer: string;
  platform: Platform;
  fetch?: Fetch;
  now?: () => Date;
};
export type Reply = { status: number; headers: Headers; body: unknown };
export type Call = { body?: unknown; headers?: Record<string, string>; token?: string };
export type Prepared = { url: string; method: string; headers: Record<string, string>; body?: string };

const latestApp = { ios: "ios/5.7.0", android: "android/6.6.0" } as const satisfies Record<Platform, string>;

export class Phone {
  /** The instance to send requests to; proofs are made for `#api`, the service's public address. */
  instance: string;
  readonly #api: string;
  readonly #issuer: string;
  #fetch: Fetch;
  readonly #now: () => Date;
  /** How far the phone's clock is ahead of the service's, as learned from an answer. */
  #aheadMs = 0;
  readonly #key: KeyObject;
  readonly #jwk: object;
  readonly platform: Platform;
  readonly deviceId: string;
  token = "";

  constructor({ api, issuer, platform, fetch = globalThis.fetch, now = () => new Date() }: PhoneOptions) {
    const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const { crv, kty, x, y } = publicKey.export({ format: "jwk" });
    this.#api = api;
    this.instance = api;
    this.#issuer = issuer;
    this.#fetch = fetch;
    this.#now = now;
    this.#key = privateKey;
    this.#jwk = { crv, kty, x, y };
    this.platform = platform;
    this.deviceId = sha256(JSON.stringify(this.#jwk));
  }

  /** Sends later requests through `fetch`, for example to another instance in the same process. */
  through(fetch: Fetch): void {
    this.#fetch = fetch;
  }

  /** Uses the issuer's development route instead of a sign-in page; `claims` as that route takes them. */
  async signIn(subject: string, claims: Record<string, unknown> = {}): Promise<string> {
    this.token = await devToken(this.#issuer, { subject, ...claims });
    return this.token;
  }

  /**
   * `path` is relative to the API's address, such as `v1/backups`; a body that is no string is sent as JSON.
   * If the answer says that the clock is off, corrects it and asks again.
   */
  async call(method: string, path: string, call: Call = {}): Promise<Reply> {
    const reply = await this.#ask(method, path, call);
    const { data: skewed } = ClockSkewed.safeParse(reply.body);
    if (!skewed) return reply;
    this.#aheadMs = this.#now().getTime() - skewed.serverTime.getTime();
    return await this.#ask(method, path, call);
  }

  async #ask(method: string, path: string, call: Call): Promise<Reply> {
    const { url, ...init } = this.prepare(method, path, call);
    const response = await this.#fetch(url, init);
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      body: text === "" ? undefined : JSON.parse(text),
    };
  }

  /** The request that `call` would send: send it once, within a minute. */
  prepare(method: string, path: string, { body, headers = {}, token = this.token }: Call = {}): Prepared {
    return {
      url: `${this.instance}/${path}`,
      method,
      headers: {
        authorization: `Bearer ${token}`,
        dpop: this.proof(method, `${this.#api}/${path}`, token),
        "app-version": latestApp[this.platform],
        ...(body !== undefined && { "content-type": "application/json" }),
        ...headers,
      },
      ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
    };
  }

  /** A DPoP proof (RFC 9449 §4.2) for one request; `claims` and `header` override its content. */
  proof(method: string, url: string, token: string, claims: object = {}, header: object = {}): string {
    const [htu] = url.split("?");
    const iat = Math.floor((this.#now().getTime() - this.#aheadMs) / 1000);
    const payload = { htm: method, htu, iat, jti: randomUUID(), ath: sha256(token), ...claims };
    const input = `${encode({ typ: "dpop+jwt", alg: "ES256", jwk: this.#jwk, ...header })}.${encode(payload)}`;
    const signature = sign("sha256", Buffer.from(input), { key: this.#key, dsaEncoding: "ieee-p1363" });
    return `${input}.${signature.toString("base64url")}`;
  }
}

const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
const sha256 = (text: string) => createHash("sha256").update(text).digest("base64url");
