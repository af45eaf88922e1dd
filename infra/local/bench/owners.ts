/** Owners with a backup each, and what their phones do next. */
import { randomBytes, randomUUID } from "node:crypto";
import { Phone } from "../phone.ts";
import { send } from "./http-client.ts";
import { timed } from "./measure.ts";

const BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const BACKUP = "v1/backups/android";
const AT_ONCE = 8;

/** JSON of so many accounts: 50 make about 10 KB. */
export function aDocument(accounts: number, secretLength = 32): string {
  const account = (index: number) => ({
    kind: "third-party",
    issuer: `Issuer ${index}`,
    userName: `somebody.${randomUUID()}@example.org`,
    otp: { type: "totp", secret: base32(secretLength), algorithm: "SHA1", digits: 6, period: 30 },
  });
  return JSON.stringify({
    accounts: Array.from({ length: accounts }, (_, index) => account(index)),
    settings: {},
  });
}

const base32 = (length: number) => Array.from(randomBytes(length), (byte) => BASE32[byte % 32]).join("");

/** `instance`: where to send requests, if not to the public address. */
export type Where = { api: string; issuer: string; instance?: string };

/** Each operation answers the milliseconds that its request took; signing the proof is the phone's own time. */
export class Owner {
  readonly #phone: Phone;
  #etag = "";

  constructor({ api, issuer, instance = api }: Where) {
    this.#phone = new Phone({ api, issuer, platform: "android" });
    this.#phone.instance = instance;
  }

  async signUp(document: string): Promise<void> {
    await this.#phone.signIn(`bench-${randomUUID()}`);
    await this.#put(document, { "if-none-match": "*" });
  }

  /** From now on the phone talks to another instance of the service. */
  moveTo(instance: string): void {
    this.#phone.instance = instance;
  }

  upload(document: string): Promise<number> {
    return this.#put(document, { "if-match": this.#etag });
  }

  staleness(): Promise<number> {
    const request = this.#phone.prepare("GET", `${BACKUP}/staleness`);
    return timed(() => send(request));
  }

  plan(): Promise<number> {
    const body = { platform: "android", existingAccounts: [] };
    const request = this.#phone.prepare("POST", "v1/recovery-plans", { body });
    return timed(() => send(request));
  }

  recover(): Promise<number> {
    const body = { platform: "android", device: { name: "bench" }, existingAccounts: [] };
    const request = this.#phone.prepare("POST", "v1/recoveries", { body });
    return timed(() => send(request));
  }

  #put(body: string, headers: Record<string, string>): Promise<number> {
    const request = this.#phone.prepare("PUT", BACKUP, { body, headers });
    return timed(async () => {
      this.#etag = (await send(request)).etag;
    });
  }
}

export async function signUpMany(count: number, where: Where, document: string): Promise<Owner[]> {
  const owners = Array.from({ length: count }, () => new Owner(where));
  const waiting = [...owners];
  const client = async () => {
    for (let owner = waiting.pop(); owner; owner = waiting.pop()) await owner.signUp(document);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, client));
  return owners;
}
