/** Which proofs open which account: the whole truth table, made from the factors. */
import { describe, expect, it } from "vitest";
import { newId } from "../../../lib/domain/id.ts";
import { answer, aRecovery, aTicket, idIn, start } from "../../support/step-up.ts";

const FACTORS = ["freshSignIn", "code", "ticket", "deviceProof"] as const;
type Factors = Record<(typeof FACTORS)[number], boolean>;

const rows = Array.from({ length: 2 ** FACTORS.length }, (_, bits) => {
  const held = FACTORS.map((name, bit) => [name, (bits & (1 << bit)) !== 0] as const);
  return Object.fromEntries(held) as Factors;
});

/** R20: sign-in, then code. R21: the ticket. Both on the device that recovered, with no substitute. */
const allowed = {
  personal: ({ freshSignIn, code, deviceProof }: Factors) => freshSignIn && code && deviceProof,
  work: ({ ticket, deviceProof }: Factors) => ticket && deviceProof,
};

const labelled = (["personal", "work"] as const).flatMap((kind) =>
  rows.map((factors) => {
    const names = FACTORS.filter((name) => factors[name]).join(" + ") || "nothing";
    return [kind, names, factors, allowed[kind](factors)] as const;
  }),
);

describe.concurrent("F7 R17 R20 R21 the truth table of step-up", () => {
  it.each(labelled)("F7 a %s account with %s", async (kind, _, factors, passes) => {
    const scene = await aRecovery();
    const account = kind === "personal" ? scene.personal : scene.work;
    const started = await start(scene, { account, ...(!factors.freshSignIn && { token: "" }) });
    const id = started.status === 201 ? idIn(started) : newId();
    const by = factors.deviceProof ? scene.phone : scene.old;
    const isSent = kind === "personal" && started.status === 201;
    const bodies = [
      ...(factors.code ? [{ code: isSent ? scene.watched.lastCode() : "123456" }] : []),
      ...(factors.ticket ? [{ ticket: (await aTicket(scene)).code }] : []),
    ];
    const statuses: number[] = [];
    for (const body of bodies) statuses.push((await answer(by, id, body)).status);
    expect({ statuses, passes: statuses.includes(200) }).toEqual({ statuses, passes });
  });
});
