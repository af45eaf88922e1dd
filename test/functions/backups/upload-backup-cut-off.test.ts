/** PUT v1/backups/{platform} that is cut off between its two writes, or loses its answer. */

import { expect, it } from "vitest";
import { anApp } from "../../support/app.ts";
import { aBackup } from "../../support/builders.ts";
import { FaultLine } from "../../support/fault-line.ts";
import { headOf, tagOf } from "../heads.ts";
import { anOwnerWithBackup, etagOf, receiptIn } from "../helpers.ts";

const headWritten = { at: 1, of: /^write owners\// };

it("R8 leaves the former backup whole, and repeating it with its key stores once", async () => {
  const line = new FaultLine();
  const app = anApp({ through: line.through });
  const { owner, phone, uploaded } = await anOwnerWithBackup({ app });
  const before = await headOf(owner, "android");
  const document = aBackup();
  const call = { body: document, headers: { "if-match": etagOf(uploaded), "idempotency-key": "k" } };
  line.arm({ how: "refused", ...headWritten });
  const cut = await phone.call("PUT", "v1/backups/android", call);
  expect({ status: cut.status, retryAfter: cut.headers.get("retry-after") }).toEqual({
    status: 503,
    retryAfter: "5",
  });
  expect(await headOf(owner, "android")).toEqual(before);
  const again = await phone.call("PUT", "v1/backups/android", call);
  expect({ status: again.status, generation: receiptIn(again).version.generation }).toEqual({
    status: 200,
    generation: 2,
  });
});

it("R8 R32 is found again by its key if only the answer was lost", async () => {
  const line = new FaultLine();
  const app = anApp({ through: line.through });
  const { owner, phone, uploaded } = await anOwnerWithBackup({ app });
  const call = { body: aBackup(), headers: { "if-match": etagOf(uploaded), "idempotency-key": "k" } };
  line.arm({ how: "lost", ...headWritten });
  expect((await phone.call("PUT", "v1/backups/android", call)).status).toBe(503);
  const after = await headOf(owner, "android");
  const again = await phone.call("PUT", "v1/backups/android", call);
  expect(receiptIn(again)).toMatchObject({ current: true, version: { generation: 2 } });
  expect(await headOf(owner, "android")).toEqual(after);
  expect(etagOf(again)).toBe(await tagOf(owner));
});
