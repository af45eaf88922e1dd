/** Client custody and device-sealed backups: who stores the sealed copy, and who can read it. */
import { CompactEncrypt } from "jose";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import type { Reply } from "../../infra/local/phone.ts";
import type { App } from "../support/app.ts";
import { aBackup, nothingYet, replacing } from "../support/builders.ts";
import { anOwner, aPhone, type CheckedPhone } from "../support/phones.ts";
import {
  aContosoAccount,
  anAppToWatch,
  answer,
  aTicket,
  bound,
  idIn,
  recover,
  recoveredIn,
} from "../support/step-up.ts";
import { versionsOf } from "./heads.ts";
import { refused, statusIn } from "./helpers.ts";

const Receipt = z.looseObject({ envelope: z.string().optional() });
const envelopeIn = ({ body }: Reply) => Receipt.parse(body).envelope;
const put = (
  phone: CheckedPhone,
  call: { body: unknown; headers?: Record<string, string>; query?: string },
) =>
  phone.call("PUT", `v1/backups/${phone.platform}${call.query ?? ""}`, {
    body: call.body,
    headers: call.headers ?? nothingYet,
  });

async function anIphone({ app }: { app?: App } = {}) {
  const owner = anOwner();
  const phone = await aPhone({ owner, platform: "ios", ...(app && { app }) });
  const document = aBackup();
  const uploaded = await put(phone, { body: document });
  expect(uploaded.status, JSON.stringify(uploaded.body)).toBe(201);
  return { owner, phone, document, uploaded, envelope: envelopeIn(uploaded) ?? expect.fail("no envelope") };
}

describe.concurrent("client custody", () => {
  it("R5 is the default on iOS: the sealed envelope goes to the app, and no sealed content stays", async () => {
    const { owner, phone, document, envelope } = await anIphone();
    expect(statusIn(await phone.call("GET", "v1/backups/ios")).version).toMatchObject({ custody: "client" });
    expect(envelope.length).toBeGreaterThan(JSON.stringify(document).length);
    expect(await versionsOf(owner)).toHaveLength(1);
    const second = await aPhone({ owner, platform: "ios" });
    const { accounts } = recoveredIn(await recover(second, { envelope }));
    expect(accounts.map(({ account }) => account)).toEqual(document.accounts);
  });

  it("R5 either platform may choose either", async () => {
    const [android, iphone] = [await aPhone({ platform: "android" }), await aPhone({ platform: "ios" })];
    expect(envelopeIn(await put(android, { body: aBackup() }))).toBeUndefined();
    const etag = replacing(await android.call("GET", "v1/backups/android"));
    expect(
      envelopeIn(await put(android, { body: aBackup(), headers: etag, query: "?custody=client" })),
    ).toBeDefined();
    expect(envelopeIn(await put(iphone, { body: aBackup(), query: "?custody=service" }))).toBeUndefined();
    const bad = await put(iphone, { body: aBackup(), headers: nothingYet, query: "?custody=cloud" });
    refused(bad, "invalid-request");
  });

  it("R5 F8 a missing, damaged, cut or foreign envelope is refused, and an older one by its generation", async () => {
    const { owner, phone, uploaded, envelope: first } = await anIphone();
    const second = envelopeIn(await put(phone, { body: aBackup(), headers: replacing(uploaded) })) ?? "";
    const { envelope: foreign } = await anIphone();
    const newer = await aPhone({ owner, platform: "ios" });
    refused(await recover(newer), "envelope-required");
    const outdated = refused(await recover(newer, { envelope: first }), "envelope-outdated");
    expect(outdated).toMatchObject({ generation: 2, envelopeGeneration: 1 });
    const [version, generation, id, sealed = ""] = second.split(".");
    const flipped = sealed.replace(/.$/, (letter) => (letter === "A" ? "B" : "A"));
    const middle = `${sealed.slice(0, 40)}${sealed[40] === "A" ? "B" : "A"}${sealed.slice(41)}`;
    const swapped = first.split(".").at(-1);
    const damaged = [foreign, "", "1.2.3", sealed, second.slice(0, -4), `${second}AAAA`].concat(
      [flipped, middle, sealed.slice(4), swapped ?? ""].map((each) =>
        [version, generation, id, each].join("."),
      ),
    );
    const told = new Set<string>();
    for (const envelope of damaged) {
      const { instance: _, ...problem } = refused(await recover(newer, { envelope }), "envelope-unreadable");
      told.add(JSON.stringify(problem));
    }
    expect(told.size).toBe(1);
    expect((await recover(newer, { envelope: second })).status).toBe(200);
  });

  it("R5 R39 an envelope older than the history is refused like a damaged one, and the remedy mentions both", async () => {
    const { app } = anAppToWatch({ settings: { HISTORY_LENGTH: "1" } });
    const { owner, phone, uploaded, envelope } = await anIphone({ app });
    await put(phone, { body: aBackup(), headers: replacing(uploaded) });
    const newer = await aPhone({ owner, platform: "ios", app });
    const told = [envelope, "damaged"].map(async (each) => {
      const { instance: _, ...problem } = refused(
        await recover(newer, { envelope: each }),
        "envelope-unreadable",
      );
      return problem;
    });
    const [outdated, damaged] = await Promise.all(told);
    expect(outdated).toEqual(damaged);
    expect(outdated?.remedy).toMatch(/left the history/);
  });

  it("R5 R30 an older envelope opens again once its version is restored", async () => {
    const { owner, phone, uploaded, document, envelope } = await anIphone();
    await put(phone, { body: aBackup(), headers: replacing(uploaded) });
    const [, , id] = envelope.split(".");
    const headers = replacing(await phone.call("GET", "v1/backups/ios"));
    expect((await phone.call("POST", `v1/backups/ios/versions/${id}/restore`, { headers })).status).toBe(200);
    const { accounts } = recoveredIn(await recover(await aPhone({ owner, platform: "ios" }), { envelope }));
    expect(accounts.map(({ account }) => account)).toEqual(document.accounts);
  });
});

const jwe = async (text: string) =>
  await new CompactEncrypt(Buffer.from(text))
    .setProtectedHeader({ alg: "dir", enc: "A256GCM" })
    .encrypt(crypto.getRandomValues(new Uint8Array(32)));
const jose = { "content-type": "application/jose" };

describe.concurrent("a backup that the device sealed", () => {
  it("R9 comes back unchanged, to the byte; the service can't read it and says so", async () => {
    const owner = anOwner();
    const phone = await aPhone({ owner });
    const sealed = await jwe("canary: nobody but the device reads this");
    const uploaded = await put(phone, { body: sealed, headers: { ...nothingYet, ...jose } });
    expect(uploaded.status, JSON.stringify(uploaded.body)).toBe(201);
    expect(statusIn(await phone.call("GET", "v1/backups/android")).version).toMatchObject({
      sealedBy: "device",
      accounts: { thirdParty: 0, personal: 0, work: 0 },
    });
    const second = await aPhone({ owner });
    const body = { platform: "android", existingAccounts: [] };
    refused(await second.call("POST", "v1/recovery-plans", { body }), "not-in-this-mode");
    refused(await recover(second, { plan: "A".repeat(43) }), "not-in-this-mode");
    const reply = await recover(second);
    expect(reply.body).toMatchObject({ sealed, accounts: [], settings: {} });
  });

  it("R9 may also be in client custody", async () => {
    const owner = anOwner();
    const phone = await aPhone({ owner, platform: "ios" });
    const sealed = await jwe("canary");
    const envelope = envelopeIn(await put(phone, { body: sealed, headers: { ...nothingYet, ...jose } }));
    const reply = await recover(await aPhone({ owner, platform: "ios" }), { envelope });
    expect(reply.body).toMatchObject({ sealed });
  });

  it("R9 R41 anything but a JWE is refused by name", async () => {
    const phone = await aPhone();
    const [header, ...rest] = (await jwe("x")).split(".");
    const none = Buffer.from('{"alg":"none","enc":"A256GCM"}').toString("base64url");
    const zipped = Buffer.from('{"alg":"dir","enc":"A256GCM","zip":"DEF"}').toString("base64url");
    const bodies = [
      "canary",
      JSON.stringify(aBackup()),
      [header, ...rest].slice(0, 4).join("."),
      "....",
      `${none}.${rest.join(".")}`,
      `${zipped}.${rest.join(".")}`,
    ];
    for (const body of bodies) {
      const problem = refused(
        await put(phone, { body, headers: { ...nothingYet, ...jose } }),
        "invalid-request",
      );
      expect(problem.errors?.[0]?.at).toBe("body");
    }
  });

  it("R9 R21 its accounts are proven under the names that the app sends", async () => {
    const watched = anAppToWatch();
    const owner = anOwner();
    const phone = await aPhone({ owner, app: watched.app });
    await put(phone, { body: await jwe("x"), headers: { ...nothingYet, ...jose } });
    const { id } = recoveredIn(await recover(phone));
    const work = aContosoAccount();
    const started = await phone.call("POST", `v1/recoveries/${id}/step-ups`, {
      body: { account: bound(work) },
    });
    const { code } = await aTicket({ watched, work });
    expect((await answer(phone, idIn(started), { ticket: code })).status).toBe(200);
    expect((await phone.call("GET", `v1/recoveries/${id}`)).body).toMatchObject({
      accounts: [{ account: bound(work), state: "credential-sent" }],
    });
  });
});
