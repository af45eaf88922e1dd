/** What every owner endpoint answers when the storage fails, holds something else than was put there, or never settles. */
import { describe, expect, it } from "vitest";
import type { Blobs } from "../../lib/azure/blobs.ts";
import { Failure } from "../../lib/domain/failure.ts";
import { type Endpoint, problemsOf } from "../../lib/http/endpoint.ts";
import { anApp } from "../support/app.ts";
import {
  anOwnerWithBackup,
  aRegisteredPhone,
  etagOf,
  expectRefused,
  problemIn,
  storedOf,
} from "./helpers.ts";
import { named, ownerEndpoints, sampleOf } from "./requests.ts";

type Fault = "unreadable" | "silent" | "crowded" | "strange";

/** A valid request of an owner, through an app whose storage can be broken. */
async function aRequest(endpoint: Endpoint) {
  let fault: Fault | undefined;
  const through = (blobs: Blobs, container: string): Blobs => ({
    async read(name) {
      const blob = await blobs.read(name);
      if (fault === "silent") throw silent();
      if (fault === "strange") throw new TypeError("canary");
      if (fault !== "unreadable" || container === "keys" || !blob) return blob;
      const content = Buffer.from(blob.content);
      content.writeUInt8(content.readUInt8(20) ^ 1, 20);
      return { ...blob, content };
    },
    async write(name, ...rest) {
      if (fault === "crowded" && name.startsWith("heads/")) return undefined;
      return await blobs.write(name, ...rest);
    },
  });
  const app = anApp({ through });
  const { owner, phone } = await anOwnerWithBackup({ app });
  const second = await aRegisteredPhone(owner, { app });
  const etag = etagOf(await phone.call("GET", "v1/backups/android"));
  const about = { platform: phone.platform, etag, device: second.deviceId };
  const { path, ...call } = sampleOf(endpoint, about);
  const ask = (broken: Fault) => {
    fault = broken;
    return phone.call(endpoint.method, path, call);
  };
  return { owner, ask };
}

const silent = () =>
  new Failure("storage-unavailable", "The storage does not answer.", { retryAfterSeconds: 5 });

describe.each(named(ownerEndpoints))("%s", (_, endpoint) => {
  it("R32 R39 503 while the storage doesn't answer, 409 for what was changed there, and nothing is changed", async () => {
    const { owner, ask } = await aRequest(endpoint);
    const problem = await expectRefused(owner, "storage-unavailable", () => ask("silent"));
    expect([problem.retry, problem.retryAfterSeconds]).toEqual(["as-is", 5]);
    expect((await expectRefused(owner, "backup-unreadable", () => ask("unreadable"))).retry).toBe("never");
  });
});

const writers = ownerEndpoints.filter(({ method }) => method !== "GET");

describe.each(named(writers))("%s", (_, endpoint) => {
  it("R32 503 busy where others always come first, and nothing is changed", async () => {
    expect(problemsOf(endpoint)).toContain("busy");
    const { owner, ask } = await aRequest(endpoint);
    const before = await storedOf(owner);
    const problem = problemIn(await ask("crowded"));
    expect([problem.type, problem.retryAfterSeconds]).toEqual(["/problems/busy", 1]);
    const after = await storedOf(owner);
    expect([after.android, after.ios]).toEqual([before.android, before.ios]);
  });
});

it("R32 a repeat that may succeed says when, also after a fault of ours", async () => {
  const [endpoint] = ownerEndpoints.filter(({ name }) => name === "list-backups");
  const { ask } = await aRequest(endpoint ?? expect.fail("no such endpoint"));
  const reply = await ask("strange").catch((error: unknown) => error);
  expect(reply).toBeInstanceOf(Error);
});
