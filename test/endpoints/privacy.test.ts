/** What an owner may ask of whoever holds their data: to see what happened, to have it all, to have it forgotten. */
import { describe, expect, it } from "vitest";
import * as z from "zod";
import type { Reply } from "../../infra/local/phone.ts";
import { deliverAll } from "../support/delivering.ts";
import { anAppToWatch, answer, aRecovery, proven, start } from "../support/step-up.ts";
import { placeOf } from "../support/sweeping.ts";
import { anOwnerWithBackup, refused } from "./helpers.ts";

const Page = z.object({
  entries: z.array(z.object({ kind: z.string() })),
  intact: z.boolean(),
  next: z.number().optional(),
});
const pageIn = ({ body }: Reply) => Page.parse(body);

describe.concurrent("the activity log", () => {
  it("R35 F29 tells every recovery, credential and failed step-up, newest first", async () => {
    const scene = await aRecovery();
    const { id } = z.object({ id: z.string() }).parse((await start(scene)).body);
    await answer(scene.phone, id, { code: scene.watched.lastCode() === "000000" ? "000001" : "000000" });
    await answer(scene.phone, id, { code: scene.watched.lastCode() });
    await deliverAll(scene);
    const { entries, intact } = pageIn(await scene.phone.call("GET", "v1/activity"));
    expect(intact).toBe(true);
    expect(entries.map(({ kind }) => kind)).toEqual([
      "credential-issued",
      "step-up-failed",
      "recovered",
      "contact-added",
    ]);
  });

  it("R35 comes in pages, and made-up places in it are refused or empty", async () => {
    const watched = anAppToWatch();
    const { owner, phone } = await anOwnerWithBackup({ app: watched.app });
    for (let n = 0; n < 120; n++) {
      const entry = { id: `entry ${n}`, kind: "recovered" as const, at: new Date() };
      await watched.app.services.activity.append(placeOf(owner).owner, entry);
    }
    const first = pageIn(await phone.call("GET", "v1/activity"));
    expect([first.entries.length, first.next]).toEqual([100, 20]);
    const second = pageIn(await phone.call("GET", `v1/activity?before=${first.next}`));
    expect([second.entries.length, second.next]).toEqual([20, undefined]);
    expect(pageIn(await phone.call("GET", "v1/activity?before=9999999")).entries).toHaveLength(100);
    refused(await phone.call("GET", "v1/activity?before=canary"), "invalid-request");
  }, 60_000);
});

describe.concurrent("the export", () => {
  it("R35 has everything: documents, devices, contacts, accounts, recoveries, activity; and no credential's secret", async () => {
    const scene = await aRecovery();
    const uri = await proven(scene);
    await deliverAll(scene);
    const reply = await scene.phone.call("GET", "v1/me/export");
    expect(reply.status, JSON.stringify(reply.body)).toBe(200);
    const text = JSON.stringify(reply.body);
    for (const account of scene.document.accounts) expect(text).toContain(account.userName);
    const [third] = scene.document.accounts;
    expect(text).toContain(third && "otp" in third ? third.otp.secret : "?");
    expect(text).toContain("@mail.example");
    expect(text).toContain(scene.recovery);
    expect(text).toContain(scene.old.deviceId);
    expect(text).toContain("credential-issued");
    expect(text).not.toContain(new URL(uri).searchParams.get("secret"));
  });

  it("R35 A10 is told once for one proof, and only after a fresh sign-in", async () => {
    const { phone, watched } = await aRecovery();
    const { url, ...init } = phone.prepare("GET", "v1/me/export");
    expect((await watched.app.fetch(url, init)).status).toBe(200);
    expect((await watched.app.fetch(url, init)).status).toBe(401);
  });
});
