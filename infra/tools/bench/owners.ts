/** Owners with a backup each, and their phones' next requests, signed and ready. */
import { randomUUID } from "node:crypto";
import { Secret } from "otpauth";
import { type Call, Phone, type Reply } from "../../local/phone.ts";
import { requestOf, type Unit } from "./load.ts";

const BACKUP = "v1/backups/android";

/** JSON of that many accounts: 50 make about 10 KB. */
export function aDocument(accounts: number, secretBytes = 20): string {
  const account = (index: number) => ({
    kind: "third-party",
    issuer: `Issuer ${index}`,
    userName: `somebody.${randomUUID()}@example.org`,
    otp: { type: "totp", secret: aSecret(secretBytes), algorithm: "SHA1", digits: 6, period: 30 },
  });
  return JSON.stringify({
    accounts: Array.from({ length: accounts }, (_, index) => account(index)),
    settings: {},
  });
}

/** In base32: 20 bytes are 32 characters. */
export const aSecret = (size = 20) => new Secret({ size }).base32;

/** `instance`: where to send requests, if not to the public address. */
export type Where = { api: string; issuer: string; instance?: string };

/** Send each unit once, within a minute of making it. */
export class Owner {
  readonly #where: Where;
  readonly #phone: Phone;
  readonly #name = `bench-${randomUUID()}`;

  constructor(where: Where) {
    this.#where = where;
    this.#phone = phoneAt(where);
  }

  async signIn(): Promise<void> {
    await this.#phone.signIn(this.#name);
  }

  get instance(): string {
    return this.#phone.instance;
  }

  /** Sends the owner's later requests to another instance of the service. */
  moveTo(instance: string): void {
    this.#where.instance = instance;
    this.#phone.instance = instance;
  }

  /** One more call of this owner's first phone. */
  call(method: string, path: string, call: Call): Promise<Reply> {
    return this.#phone.call(method, path, call);
  }

  firstUpload(body: string, name = "first upload"): Unit {
    const prepared = this.#phone.prepare("PUT", BACKUP, { body, headers: { "if-none-match": "*" } });
    return { name, chain: [requestOf(prepared, { remembersAs: this.#name })] };
  }

  upload(body: string, name = "upload"): Unit {
    const prepared = this.#phone.prepare("PUT", BACKUP, { body });
    return { name, chain: [requestOf(prepared, { ifMatch: this.#name, remembersAs: this.#name })] };
  }

  staleness(name = "staleness"): Unit {
    return { name, chain: [requestOf(this.#phone.prepare("GET", `${BACKUP}/staleness`))] };
  }

  plan(name = "plan"): Unit {
    const body = { platform: "android", existingAccounts: [] };
    return { name, chain: [requestOf(this.#phone.prepare("POST", "v1/recovery-plans", { body }))] };
  }

  /** Opens the owner's record, if there is one. */
  contacts(name = "contacts"): Unit {
    return { name, chain: [requestOf(this.#phone.prepare("GET", "v1/contacts"))] };
  }

  /** Creates the owner's record, and its shard key if there is none yet. */
  async addContact(): Promise<void> {
    const body = { channel: "email", address: `${randomUUID()}@mail.example`, language: "en" };
    const { status } = await this.#phone.call("POST", "v1/contacts", { body });
    if (status !== 201) throw new Error(`POST v1/contacts answered ${status}`);
  }

  quietRead(name = "quiet read"): Unit {
    return { name, chain: [requestOf(this.#phone.prepare("GET", `${BACKUP}/document`))] };
  }

  /** On a device that the service has never seen. */
  recovery(headers: Record<string, string> = {}, name = "recovery"): Unit {
    const phone = phoneAt(this.#where);
    phone.token = this.#phone.token;
    const body = { platform: "android", device: { name: "bench" }, existingAccounts: [] };
    const prepared = phone.prepare("POST", "v1/recoveries", { body, headers });
    return { name, chain: [requestOf(prepared, { remembersAs: this.#name })] };
  }

  recoveryWithKey(name = "recovery with Idempotency-Key"): Unit {
    return this.recovery({ "idempotency-key": randomUUID() }, name);
  }
}

function phoneAt({ api, issuer, instance = api }: Where): Phone {
  const phone = new Phone({ api, issuer, platform: "android" });
  phone.instance = instance;
  return phone;
}
