/** The read budget: a device never gets more reads in a day than allowed, however many it sends at once. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { blobReadBudget } from "../../../lib/azure/stores/blob-read-budget.ts";
import { DAY, later } from "../../../lib/domain/clock.ts";
import { aDeviceId, anOwnerId, now } from "../../domain/builders.ts";
import { times } from "../contracts.ts";
import { type OwnContainer, ownContainer } from "../targets.ts";

let storage: OwnContainer;
beforeAll(async () => {
  storage = await ownContainer();
});
afterAll(() => storage.close());

/** A device that has read nothing. */
const aReader = () => ({ owner: anOwnerId(crypto.randomUUID()), device: aDeviceId(crypto.randomUUID()) });
const granted = (taken: boolean[]) => taken.filter(Boolean).length;

it.each([1, 10])("R44 R46 of fifty reads at once, on ten instances, exactly %d are granted", async (most) => {
  const reader = aReader();
  const budgets = times(10, () => blobReadBudget(storage.blobs));
  const taken = await Promise.all(
    times(50, (at) => budgets[at % 10]?.take(reader, most, now) ?? expect.fail()),
  );
  const another = await blobReadBudget(storage.blobs).take(reader, most, now);
  expect({ granted: granted(taken), another }).toEqual({ granted: most, another: false });
});

it("R44 each device and each day, UTC, has its own", async () => {
  const [budget, reader] = [blobReadBudget(storage.blobs), aReader()];
  const midnight = new Date("2026-05-05T00:00:00.000Z");
  const take = async (device = reader.device, time = later(midnight, -1)) =>
    await budget.take({ ...reader, device }, 1, time);
  expect({
    first: await take(),
    second: await take(),
    anotherDevice: await take(aDeviceId("another")),
    atMidnight: await take(reader.device, midnight),
    atItsEnd: await take(reader.device, later(midnight, DAY - 1)),
  }).toEqual({ first: true, second: false, anotherDevice: true, atMidnight: true, atItsEnd: false });
});

it("R34 stores only their number", async () => {
  const reader = aReader();
  for (const _ of times(3, () => 0)) await blobReadBudget(storage.blobs).take(reader, 10, now);
  const stored = await storage.blobs.read(`budgets/${reader.owner}/2026-05-04/${reader.device}`);
  expect({ content: stored?.content.toString(), metadata: stored?.metadata }).toEqual({
    content: "..",
    metadata: {},
  });
});
