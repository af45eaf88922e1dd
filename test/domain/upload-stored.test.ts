/** Uploads whose version can't be stored. */
import { expect, it } from "vitest";
import { etagOf } from "../../lib/domain/backup.ts";
import { prepareUpload, storeUpload } from "../../lib/domain/upload.ts";
import { aBackup } from "../support/builders.ts";
import { aCaller, aHead, aPlace, aPolicy, now } from "./builders.ts";
import { MemoryHeads, MemoryVersions } from "./memory-stores.ts";
import { kindFrom } from "./refusals.ts";

it("R8 no head names a version that wasn't stored", async () => {
  const [heads, versions] = [new MemoryHeads(), new MemoryVersions()];
  await heads.put(aPlace(), aHead(), undefined);
  const held = await heads.find(aPlace());
  const upload = prepareUpload(
    { document: aBackup() },
    {
      ...{ caller: aCaller(), custody: "service", deviceName: "Android device", idempotencyKey: undefined },
      ...{ precondition: { replaces: held ? etagOf(held) : "" }, now },
    },
  );
  await versions.put(aPlace(), { ...upload.version, generation: 2 }, upload.content);
  const rules = { ownerIsNew: false, staleness: aPolicy(), historyLength: 10 };
  const store = () => storeUpload({ heads, versions }, aPlace(), held, upload, rules);
  expect(await kindFrom(store)).toBe("storage-unavailable");
  expect(await heads.find(aPlace())).toEqual(held);
});
