/** The link in an alarm: it names one owner's one device, and only the service can make it. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DAY, later, SECOND } from "../../../lib/domain/clock.ts";
import { capabilityFor, readCapability } from "../../../lib/domain/devices/repudiation.ts";
import { DeviceId, OwnerId } from "../../../lib/domain/owner.ts";
import type { KeyedHash } from "../../../lib/domain/sealing/keyed-hash.ts";
import { aDeviceId, anOwnerId, keyedHash, now } from "../builders.ts";

const [owner, device] = [anOwnerId(), aDeviceId()];
const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

describe("R18 the link in an alarm", () => {
  it("R18 names the owner and the device that it was made for", async () => {
    const capability = await capabilityFor(keyedHash, { owner, device }, now);
    expect(await readCapability(keyedHash, capability, now)).toMatchObject({ owner, device });
    expect(encodeURIComponent(capability)).toBe(capability);
  });

  it("R18 any change of any character is refused", async () => {
    const capability = await capabilityFor(keyedHash, { owner, device }, now);
    for (let at = 0; at < capability.length; at++) {
      const [before, after] = [capability.slice(0, at), capability.slice(at + 1)];
      const others = [...ALPHABET, ".", " ", "\n", "é", "%"].filter((each) => each !== capability.charAt(at));
      for (const other of [...others, "", capability.charAt(at).repeat(2)]) {
        expect(await readCapability(keyedHash, before + other + after, now)).toBeUndefined();
      }
    }
    for (const odd of [
      "",
      ".",
      "../..",
      ` ${capability}`,
      `${capability}\n`,
      `${capability}.x`,
      capability.toLowerCase(),
    ]) {
      expect(await readCapability(keyedHash, odd, now)).toBeUndefined();
    }
  });

  it("R18 is good for thirty days, and its time can't be changed", async () => {
    const capability = await capabilityFor(keyedHash, { owner, device }, now);
    expect(await readCapability(keyedHash, capability, later(now, 30 * DAY - SECOND))).toBeDefined();
    expect(await readCapability(keyedHash, capability, later(now, 30 * DAY))).toBeUndefined();
    const [first, second, since, mac] = capability.split(".");
    const newer = [first, second, String(Number(since) + 86_400), mac].join(".");
    expect(await readCapability(keyedHash, newer, now)).toBeUndefined();
  });

  it("R18 parts of two links make no third", async () => {
    const [other, tablet] = [anOwnerId("other"), aDeviceId("tablet")];
    const links = await Promise.all(
      [owner, other].flatMap((who) =>
        [device, tablet].map((what) => capabilityFor(keyedHash, { owner: who, device: what }, now)),
      ),
    );
    expect(new Set(links.map((link) => link.split(".")[3])).size).toBe(4);
    for (const [a = "", b = ""] of links.flatMap((one) => links.map((another) => [one, another]))) {
      const [parts, others] = [a.split("."), b.split(".")];
      for (const mixed of [
        [parts[0], parts[1], parts[2], others[3]],
        [parts[0], others[1], parts[2], parts[3]],
        [others[0], parts[1], parts[2], parts[3]],
      ].map((mix) => mix.join("."))) {
        expect((await readCapability(keyedHash, mixed, now)) !== undefined).toBe(links.includes(mixed));
      }
      expect(
        await readCapability(keyedHash, [parts[1], parts[0], parts[2], parts[3]].join("."), now),
      ).toBeUndefined();
    }
  });

  it("R18 no two pairs of owner and device ever share one", async () => {
    const part = fc.stringMatching(/^[A-Za-z0-9_-]{43}$/);
    const pairs = fc.tuple(
      part.map((text) => OwnerId.parse(text)),
      part.map((text) => DeviceId.parse(text)),
    );
    await fc.assert(
      fc.asyncProperty(pairs, pairs, async (one, other) => {
        const [first, second] = await Promise.all(
          [one, other].map((pair) => capabilityFor(keyedHash, { owner: pair[0], device: pair[1] }, now)),
        );
        expect(first === second).toBe(one.join() === other.join());
        expect(await readCapability(keyedHash, first ?? "", now)).toMatchObject({
          owner: one[0],
          device: one[1],
        });
      }),
    );
  });

  it("R18 a hash made for any other purpose or under another key is no link", async () => {
    const others: KeyedHash[] = [
      { hash: (_, text) => keyedHash.hash("ticket", text) },
      { hash: (purpose, text) => keyedHash.hash(purpose, `other key ${text}`) },
    ];
    for (const other of others) {
      expect(
        await readCapability(keyedHash, await capabilityFor(other, { owner, device }, now), now),
      ).toBeUndefined();
    }
  });

  it("F20 R18 any text in place of the link is refused without a fault", async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: "binary", maxLength: 140 }), async (text) => {
        expect(await readCapability(keyedHash, text, now)).toBeUndefined();
      }),
    );
  });
});
