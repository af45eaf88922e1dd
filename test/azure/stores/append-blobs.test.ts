/** An append blob: content is added once, at its end, or not at all. */
import { randomBytes } from "node:crypto";
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { times } from "../contracts.ts";
import { type OwnContainer, ownContainer } from "../targets.ts";

let storage: OwnContainer;
beforeAll(async () => {
  storage = await ownContainer();
});
afterAll(() => storage.close());

const aName = () => `activity/${crypto.randomUUID()}`;
const read = (name: string, from = 0) => storage.blobs.readFrom(name, from);

describe("R35 a blob that only grows", () => {
  it("R35 begins with the first append, and each further one stands behind it", async () => {
    const name = aName();
    expect(await read(name)).toHaveLength(0);
    expect({
      first: await storage.blobs.append(name, Buffer.from("one "), 0),
      second: await storage.blobs.append(name, Buffer.from("two"), 4),
      content: (await read(name)).toString(),
    }).toEqual({ first: true, second: true, content: "one two" });
  });

  it("R7 nothing is written anywhere but at its end", async () => {
    const name = aName();
    const append = (at: number) => storage.blobs.append(name, Buffer.from("x"), at);
    expect({ toNothing: await append(1) }).toEqual({ toNothing: false });
    await storage.blobs.append(name, Buffer.from("1234"), 0);
    for (const at of [0, 3, 5, 1000])
      expect({ at, appended: await append(at) }).toEqual({ at, appended: false });
    expect((await read(name)).toString()).toBe("1234");
  });

  it("R35 is read from any byte on; beyond its end there is nothing", async () => {
    const [name, content] = [aName(), randomBytes(40)];
    await storage.blobs.append(name, content, 0);
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: 60 }), async (from) => {
        expect(await read(name, from)).toEqual(content.subarray(from));
      }),
      { numRuns: 40 },
    );
  });

  it("R7 R8 of fifty appends at one position at once exactly one is written, and its writer knows", async () => {
    const name = aName();
    let length = 0;
    for (let round = 0; round < 2; round++) {
      const contents = times(50, () => randomBytes(20));
      const done = await Promise.all(contents.map((content) => storage.blobs.append(name, content, length)));
      expect(done.filter(Boolean)).toHaveLength(1);
      expect(await read(name, length)).toEqual(contents[done.indexOf(true)]);
      length += 20;
    }
  });

  it("R8 an append whose answer was lost counts once when it is tried again, also behind others' appends", async () => {
    const [name, content] = [aName(), randomBytes(20)];
    await storage.blobs.append(name, content, 0);
    const again = await storage.blobs.append(name, content, 0);
    await storage.blobs.append(name, randomBytes(20), 20);
    const behindOthers = await storage.blobs.append(name, content, 0);
    const { length } = await read(name);
    expect({ again, behindOthers, length }).toEqual({ again: true, behindOthers: true, length: 40 });
  });
});
