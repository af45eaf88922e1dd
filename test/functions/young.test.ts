/** What a young device may do, route by route: young, with a contact's code, old. */
import { describe, expect, it } from "vitest";
import { RIGHTS } from "../../lib/domain/devices/young.ts";
import type { Endpoint } from "../../lib/http/pipeline/endpoint.ts";
import type { CheckedPhone } from "../support/phones.ts";
import { typeIn } from "../support/problem-type.ts";
import { recover, recoveredIn, vouch } from "../support/step-up.ts";
import { aTheft, type Theft } from "../support/theft.ts";
import { aRegisteredPhone, etagOf } from "./helpers.ts";
import { named, ownerEndpoints, type Sample, sampleOf } from "./requests.ts";

const TOO_NEW = "device-too-new";

/** Of what a young device may do only to its own: a request about what is older. */
const aboutOlder: Record<string, (scene: Theft) => Partial<Sample>> = {
  "add-contact": ({ address }) => ({ body: { channel: "email", address, language: "sv" } }),
};

async function aScene(endpoint: Endpoint) {
  const scene = await aTheft({ settings: { ERASURE_DELAY_HOURS: "72" } });
  const { phone, second, contact } = scene;
  const { id: theirRecovery } = recoveredIn(await recover(second, { overlap: "keep-existing" }));
  if (endpoint.name === "keep-data")
    expect((await phone.call("DELETE", "v1/me?confirm=erase-everything")).status).toBe(202);
  const ask = async (as: CheckedPhone) => {
    const etag = etagOf(await phone.call("GET", "v1/backups/android"));
    const about = { platform: phone.platform, etag, device: second.deviceId, contact, theirRecovery };
    const { path, ...call } = { ...sampleOf(endpoint, about), ...aboutOlder[endpoint.name]?.(scene) };
    return typeIn(await as.call(endpoint.method, path, call));
  };
  return { ...scene, ask };
}

/** As `thief`, and then a code to the owner's contact was entered on it. */
async function aVouchedPhone({ owner, watched, contact }: Theft): Promise<CheckedPhone> {
  const phone = await aRegisteredPhone(owner, { app: watched.app });
  await vouch(watched, phone, contact);
  return phone;
}

it("F34 every route of an owner's has a row in the table of rights, and no row is for nothing", () => {
  expect(Object.keys(RIGHTS).sort()).toEqual(ownerEndpoints.map(({ name }) => name).sort());
});

const rightOf = ({ name }: Endpoint) => Object.entries(RIGHTS).find(([deed]) => deed === name)?.[1];

it("F34 what a young device may not do, or not always, is declared with that refusal, and nothing else is", () => {
  for (const endpoint of ownerEndpoints) {
    const isRefused = endpoint.problems.includes(TOO_NEW);
    expect(isRefused, endpoint.name).toBe(rightOf(endpoint) !== "yes");
  }
});

describe.concurrent.each(named(ownerEndpoints))("%s", (_, endpoint) => {
  it("F34 R45 is refused a young device or not, as the table says, and an older one or one with a contact's code never", async () => {
    const scene = await aScene(endpoint);
    const isLimited = ["own", "no"].includes(rightOf(endpoint) ?? "");
    const young = (await scene.ask(scene.thief)) === TOO_NEW;
    expect({ young }).toEqual({ young: isLimited });
    if (!isLimited) return;
    expect(await scene.ask(scene.phone)).not.toBe(TOO_NEW);
    const another = await aScene(endpoint);
    expect(await another.ask(await aVouchedPhone(another))).not.toBe(TOO_NEW);
  });
});
