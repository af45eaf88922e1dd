/** Guesses and replays against two host processes on one storage, in parallel and repeatedly. */
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { type HostProcess, startHost } from "../../infra/local/host-process.ts";
import type { Reply } from "../../infra/local/phone.ts";
import type { KeyedHash } from "../../lib/domain/sealing/keyed-hash.ts";
import { aPhone, type CheckedPhone } from "../support/phones.ts";
import { anAppToWatch, answer, aRecovery, idIn, start, wrongOf } from "../support/step-up.ts";
import { aStepUpByMail } from "../support/step-up-by-mail.ts";

const AT_ONCE = 50;
let other: HostProcess;

beforeAll(async () => {
  const { settings } = inject("surroundings");
  other = await startHost({ appFolder: ".", port: 0, settings, log: () => undefined });
});
afterAll(() => other.close());

async function aStepUp() {
  const phone = await aPhone();
  const { id, code } = await aStepUpByMail(phone);
  return { phone, id, code };
}

/** Half of them to each host. */
const scattered = async (phone: CheckedPhone, id: string, codes: string[]): Promise<Reply[]> => {
  const instances = [inject("surroundings").api, `${other.url}/api`];
  return await Promise.all(
    codes.map((code, at) => {
      phone.instance = instances[at % 2] ?? "";
      return answer(phone, id, { code });
    }),
  );
};

const having = (replies: Reply[], status: number) =>
  replies.filter((reply) => reply.status === status).length;

describe("two hosts on one storage", () => {
  it("F1 R24 of fifty answers at once, with the right one among them, at most five are compared", async () => {
    for (let round = 0; round < 5; round++) {
      const { phone, id, code } = await aStepUp();
      const codes = Array.from({ length: AT_ONCE }, (_, at) => (at === round * 10 ? code : wrongOf(code)));
      const replies = await scattered(phone, id, codes);
      const compared = having(replies, 403) + having(replies, 200);
      expect(compared).toBeGreaterThanOrEqual(1);
      expect(compared).toBeLessThanOrEqual(5);
      expect(having(replies, 200)).toBeLessThanOrEqual(1);
      const isDead = compared === 5 || having(replies, 200) === 1;
      if (isDead) expect(having(await scattered(phone, id, [code, code]), 200)).toBe(0);
    }
  });

  it("F5 R24 fifty right answers at once: exactly one credential", async () => {
    for (let round = 0; round < 5; round++) {
      const { phone, id, code } = await aStepUp();
      const replies = await scattered(
        phone,
        id,
        Array.from({ length: AT_ONCE }, () => code),
      );
      expect(having(replies, 200)).toBe(1);
    }
  });
});

describe("one host, a hundred times", () => {
  it("F1 R24 never more than five comparisons, whenever the right code comes", async () => {
    let compared = 0;
    const counting = (keyedHash: KeyedHash): KeyedHash => ({
      hash(purpose, text) {
        if (purpose === "code") compared += 1;
        return keyedHash.hash(purpose, text);
      },
    });
    for (let round = 0; round < 100; round++) {
      const watched = anAppToWatch({ keyedHash: counting });
      const scene = await aRecovery({ watched });
      const id = idIn(await start(scene));
      const right = watched.lastCode();
      const codes = Array.from({ length: AT_ONCE }, (_, at) =>
        at === round % AT_ONCE ? right : wrongOf(right),
      );
      compared = 0;
      const replies = await Promise.all(codes.map((code) => answer(scene.phone, id, { code })));
      expect(compared).toBeGreaterThanOrEqual(1);
      expect(compared).toBeLessThanOrEqual(5);
      expect(having(replies, 200)).toBeLessThanOrEqual(1);
    }
  });
});
