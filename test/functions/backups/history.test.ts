/** Accidental deletions and uploads: earlier versions come back, as new generations. */
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { endpoints } from "../../../functions/endpoints.ts";
import type { Reply } from "../../../infra/local/phone.ts";
import { DAY, SECOND } from "../../../lib/domain/clock.ts";
import { newId } from "../../../lib/domain/id.ts";
import { VersionStatus } from "../../../lib/http/replies/backup-status.ts";
import { aBackup, replacing } from "../../support/builders.ts";
import { aPhone, type CheckedPhone, signInAt } from "../../support/phones.ts";
import { anAppToWatch, recover, recoveredIn } from "../../support/step-up.ts";
import { versionsOf } from "../heads.ts";
import {
  anOwnerWithBackup,
  aRegisteredPhone,
  expectEachRefused,
  refused,
  stalenessIn,
  statusIn,
  upload,
} from "../helpers.ts";

const BACKUP = "v1/backups/android";
const versionsIn = ({ body }: Reply) => z.object({ versions: z.array(VersionStatus) }).parse(body).versions;
const status = (phone: CheckedPhone) => phone.call("GET", BACKUP);
const remove = async (phone: CheckedPhone) =>
  await phone.call("DELETE", BACKUP, { headers: replacing(await status(phone)) });
const undelete = async (phone: CheckedPhone) =>
  await phone.call("POST", `${BACKUP}/undelete`, { headers: replacing(await status(phone)) });
const restore = async (phone: CheckedPhone, id: string) =>
  await phone.call("POST", `${BACKUP}/versions/${id}/restore`, { headers: replacing(await status(phone)) });

/** Three uploads, newest last. */
async function threeVersions(watched = anAppToWatch()) {
  const documents = [aBackup(), aBackup(), aBackup()];
  const [first] = documents;
  const { owner, phone } = await anOwnerWithBackup({ app: watched.app, ...(first && { document: first }) });
  for (const document of documents.slice(1)) {
    await upload(phone, { document, headers: replacing(await status(phone)) });
  }
  return { watched, owner, phone, documents };
}

describe.concurrent("a deleted backup", () => {
  it("R30 comes back as it was, until its time is over", async () => {
    const { watched, owner, phone } = await threeVersions();
    const before = statusIn(await status(phone));
    expect((await remove(phone)).status).toBe(200);
    const answer = stalenessIn(await phone.call("GET", `${BACKUP}/staleness`));
    expect(answer).toMatchObject({ state: "deleted", nextStep: "undelete" });
    refused(await recover(await aPhone({ owner, app: watched.app })), "backup-not-found");
    const back = await undelete(phone);
    expect(statusIn(back).version).toEqual(before.version);
    expect((await undelete(phone)).status).toBe(200);
    const { accounts } = recoveredIn(await recover(await aPhone({ owner, app: watched.app })));
    expect(accounts).toHaveLength(3);
  });

  it("R30 is gone after thirty days: 410, and only an upload helps", async () => {
    const { watched, owner, phone } = await threeVersions();
    await remove(phone);
    watched.clock.pass(30 * DAY - SECOND);
    await phone.signIn(owner, signInAt(watched.clock.now()));
    expect((await undelete(phone)).status).toBe(200);
    await remove(phone);
    watched.clock.pass(30 * DAY);
    await phone.signIn(owner, signInAt(watched.clock.now()));
    expect(refused(await undelete(phone), "undelete-too-late").status).toBe(410);
    const answer = stalenessIn(await phone.call("GET", `${BACKUP}/staleness`));
    expect(answer).toMatchObject({ state: "missing", nextStep: "upload" });
  });

  it("R7 R30 names the state that it replaces", async () => {
    const { owner, phone } = await anOwnerWithBackup();
    await remove(phone);
    const call = (headers: Record<string, string>) => () =>
      phone.call("POST", `${BACKUP}/undelete`, { headers });
    await expectEachRefused(owner, "stale-precondition", { old: call({ "if-match": '"old"' }) });
    await expectEachRefused(owner, "precondition-required", { none: call({}) });
  });
});

describe.concurrent("the history", () => {
  it("R30 lists time, device, size and counts, newest first, and no content", async () => {
    const { phone, documents } = await threeVersions();
    const reply = await phone.call("GET", `${BACKUP}/versions`);
    const versions = versionsIn(reply);
    expect(versions.map(({ generation }) => generation)).toEqual([3, 2, 1]);
    expect(versions[0]).toMatchObject({
      accounts: { thirdParty: 1, personal: 1, work: 1 },
      custody: "service",
    });
    for (const { accounts } of documents)
      expect(JSON.stringify(reply.body)).not.toContain(accounts[0]?.userName);
  });

  it("R30 R7 a former version is restored as a new generation, and nothing is changed in place", async () => {
    const { watched, owner, phone, documents } = await threeVersions();
    const before = await versionsOf(owner);
    const oldest = versionsIn(await phone.call("GET", `${BACKUP}/versions`)).at(-1);
    const reply = await restore(phone, oldest?.id ?? "");
    expect(statusIn(reply)).toMatchObject({ generation: 4, version: { id: oldest?.id, generation: 4 } });
    expect((await versionsOf(owner)).toSorted()).toEqual(before.toSorted());
    const { accounts } = recoveredIn(await recover(await aPhone({ owner, app: watched.app })));
    expect(accounts.map(({ account }) => account)).toEqual(documents[0]?.accounts);
    const generations = versionsIn(await phone.call("GET", `${BACKUP}/versions`)).map(
      ({ generation }) => generation,
    );
    expect(generations).toEqual([4, 3, 2, 1]);
  });

  it("R33 R30 versions of nobody, of another platform or of another owner are refused alike", async () => {
    const { owner, phone } = await anOwnerWithBackup();
    const iphone = await aRegisteredPhone(owner, { platform: "ios" });
    await upload(iphone);
    const { phone: stranger } = await anOwnerWithBackup();
    const firstOf = async (each: CheckedPhone) =>
      versionsIn(await each.call("GET", `v1/backups/${each.platform}/versions`))[0]?.id ??
      expect.fail("none");
    const [theirs, ios] = [await firstOf(stranger), await firstOf(iphone)];
    const told = await expectEachRefused(owner, "version-not-found", {
      "of nobody": () => restore(phone, newId()),
      "of another platform": () => restore(phone, ios),
      "of another owner": () => restore(phone, theirs),
    });
    expect(new Set(told.map(({ instance: _, ...problem }) => JSON.stringify(problem))).size).toBe(1);
    refused(await restore(phone, "short"), "invalid-request");
  });

  it("R6 R30 keeps the last ten; a deleted backup restores nothing until it is undeleted", async () => {
    const { phone } = await anOwnerWithBackup();
    for (let n = 0; n < 12; n++) await upload(phone, { headers: replacing(await status(phone)) });
    const versions = versionsIn(await phone.call("GET", `${BACKUP}/versions`));
    expect(versions.map(({ generation }) => generation)).toEqual([13, 12, 11, 10, 9, 8, 7, 6, 5, 4]);
    await remove(phone);
    refused(await restore(phone, versions[3]?.id ?? ""), "backup-not-found");
  });
});

it("R7 R30 twenty restores at once: exactly one wins", async () => {
  const { phone } = await threeVersions();
  const { id = "" } = versionsIn(await phone.call("GET", `${BACKUP}/versions`))[2] ?? {};
  const headers = replacing(await status(phone));
  const path = `${BACKUP}/versions/${id}/restore`;
  const replies = await Promise.all(Array.from({ length: 20 }, () => phone.call("POST", path, { headers })));
  expect(replies.filter((reply) => reply.status === 200)).toHaveLength(1);
  expect(replies.filter((reply) => reply.status === 412)).toHaveLength(19);
});

it("R7 every conditional route accepts a strong ETag that a proxy has made weak", async () => {
  const { phone } = await anOwnerWithBackup();
  const [first] = versionsIn(await phone.call("GET", `${BACKUP}/versions`));
  const calls = [
    ["PUT", BACKUP, { body: aBackup() }],
    ["POST", `${BACKUP}/confirm`],
    ["POST", `${BACKUP}/versions/${first?.id}/restore`],
    ["DELETE", BACKUP],
    ["POST", `${BACKUP}/undelete`],
  ] as const;
  const conditional = endpoints.filter((each) => each.takes.precondition);
  expect(calls, "each conditional route once").toHaveLength(conditional.length);
  for (const [method, path, more] of calls) {
    const { "if-match": strong } = replacing(await status(phone));
    const ask = (etag: string) => phone.call(method, path, { ...more, headers: { "if-match": etag } });
    refused(await ask(`W/"old"`), "stale-precondition");
    const { status: answered } = await ask(`W/${strong}`);
    expect({ method, path, answered }).toEqual({ method, path, answered: 200 });
  }
});
