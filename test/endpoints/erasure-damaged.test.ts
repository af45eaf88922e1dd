/** An owner who wants to be forgotten though a head of theirs is damaged: whichever head opens lets their device in. */
import { describe, expect, it } from "vitest";
import type { Blobs } from "../../lib/azure/blobs.ts";
import { anApp } from "../support/app.ts";
import { expectErased } from "./erased.ts";
import { anOwnerWithBackup, aRegisteredPhone, expectRefused, refused } from "./helpers.ts";

const erasing = "v1/me?confirm=erase-everything";

/** An owner with a phone of each platform, and an app to which these heads are damaged. */
async function anOwnerWithDamaged(...platforms: string[]) {
  const { owner, phone: android } = await anOwnerWithBackup();
  const ios = await aRegisteredPhone(owner, { platform: "ios" });
  const isDamaged = (name: string) => platforms.some((platform) => name.endsWith(`/${platform}`));
  const through = (blobs: Blobs): Blobs => ({
    ...blobs,
    async read(name) {
      const blob = await blobs.read(name);
      return blob && isDamaged(name) ? { ...blob, content: Buffer.from("damaged") } : blob;
    },
  });
  const app = anApp({ through });
  for (const phone of [android, ios]) phone.through(app.fetch);
  return { owner, android, ios };
}

describe.concurrent("a damaged head", () => {
  it("R35 doesn't keep the others' device from erasing it all", async () => {
    const { owner, ios } = await anOwnerWithDamaged("android");
    expect((await ios.call("DELETE", erasing)).status).toBe(204);
    await expectErased(owner, { hadContact: false });
  });

  it("R17 R35 lets nobody in: whom only it lists is unknown, and nothing is erased", async () => {
    const { owner, android } = await anOwnerWithDamaged("android");
    await expectRefused(owner, "device-unknown", () => android.call("DELETE", erasing));
  });

  it("R35 R39 of each platform: nothing tells whose it is, and nothing is erased", async () => {
    const { owner, android, ios } = await anOwnerWithDamaged("android", "ios");
    for (const phone of [android, ios])
      await expectRefused(owner, "backup-unreadable", () => phone.call("DELETE", erasing));
  });

  it("R35 doesn't keep it from being taken back; it still stops what else needs both", async () => {
    const { ios } = await anOwnerWithDamaged("android");
    expect((await ios.call("POST", "v1/me/keep")).status).toBe(204);
    refused(await ios.call("GET", "v1/devices"), "backup-unreadable");
  });
});
