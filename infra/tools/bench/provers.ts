/** Owners with one proven work account each, whose codes a provider checks. */
import { randomUUID } from "node:crypto";
import { URI } from "otpauth";
import * as z from "zod";
import { appToken } from "../../local/tokens.ts";
import { requestOf, type Unit } from "./load.ts";
import { Owner, type Where } from "./owners.ts";

const Made = z.looseObject({ id: z.string() });
const Ticket = z.looseObject({ code: z.string() });
const Credential = z.object({ credential: z.object({ uri: z.string() }) });

const STEP_MS = 30_000;

/** The token of a provider's app that answers for these accounts. */
export const providerToken = (issuer: string, role: string) => appToken(issuer, "contoso-sign-in", role);

export class Prover {
  readonly #owner: Owner;
  readonly #account = {
    kind: "work",
    issuer: "https://sts.example",
    tenant: "contoso",
    userName: `${randomUUID()}@contoso.example`,
  };
  #uri = "";
  #lastStep = 0;

  constructor(where: Where) {
    this.#owner = new Owner({ ...where });
  }

  /** `tickets`: the provider's token for issuing tickets. */
  async signUp(tickets: string): Promise<void> {
    const account = this.#account;
    const document = { accounts: [{ ...account, usesPush: true }], settings: {} };
    await this.#owner.signIn();
    const first = { "if-none-match": "*" };
    await this.#owner.call("PUT", "v1/backups/android", { body: document, headers: first });
    const recovery = { platform: "android", device: { name: "bench" }, existingAccounts: [] };
    const { id } = Made.parse((await this.#owner.call("POST", "v1/recoveries", { body: recovery })).body);
    const path = `v1/recoveries/${id}/step-ups`;
    const stepUp = Made.parse((await this.#owner.call("POST", path, { body: { account } })).body);
    const asked = { body: { account }, token: tickets };
    const { code } = Ticket.parse((await this.#owner.call("POST", "v1/tickets", asked)).body);
    const answer = { body: { ticket: code } };
    const { body } = await this.#owner.call("POST", `v1/step-ups/${stepUp.id}/answer`, answer);
    this.#uri = Credential.parse(body).credential.uri;
  }

  moveTo(instance: string): void {
    this.#owner.moveTo(instance);
  }

  /** Like any call of the owner, brings the owner key into the instance's cache. */
  staleness(): Unit {
    return this.#owner.staleness();
  }

  /** A code counts once, and at most one step early: after that, the owner must wait for the next step. */
  hasCode(): boolean {
    return this.#lastStep <= stepNow();
  }

  codeCheck(token: string, name = "code check"): Unit {
    this.#lastStep = Math.max(stepNow(), this.#lastStep + 1);
    const code = URI.parse(this.#uri).generate({ timestamp: this.#lastStep * STEP_MS });
    const body = JSON.stringify({ account: this.#account, code });
    const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
    const url = `${this.#owner.instance}/v1/codes/verify`;
    const request = requestOf({ url, method: "POST", headers, body }, { mustSay: '"valid":true' });
    return { name, chain: [request] };
  }
}

const stepNow = () => Math.floor(Date.now() / STEP_MS);
