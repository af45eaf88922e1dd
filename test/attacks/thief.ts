/** What the attacks share: a thief who knows the victim's password, and how the service answers. */
import { expect, inject } from "vitest";
import type { Reply } from "../../infra/local/phone.ts";
import { capabilityFor } from "../../lib/domain/devices/repudiation.ts";
import { DeviceId, ownerIdOf } from "../../lib/domain/owner.ts";
import { Problem } from "../../lib/http/problems/problem.ts";
import { aPhone, type CheckedPhone } from "../support/phones.ts";
import type { Recovery } from "../support/step-up.ts";
import { follow } from "./scene.ts";

/** The status or, of a refusal, its kind. */
export const kindIn = ({ status, body }: Reply): number | string | undefined =>
  status < 400 ? status : Problem.parse(body).type.split("/").at(-1);

/** By a phone of the thief's, at another instance than the victim's. */
export async function asTheVictim({
  watched,
  owner,
}: Pick<Recovery, "watched" | "owner">): Promise<CheckedPhone> {
  const phone = await aPhone({ owner, app: watched.another() });
  const device = { platform: "android", name: "new" };
  expect((await phone.call("POST", "v1/devices", { body: device })).status).toBe(201);
  return phone;
}

/** The link of an alarm about this device, as a contact of its owner's follows it. */
export async function followLinkAbout(
  { watched, owner: subject }: Pick<Recovery, "watched" | "owner">,
  { deviceId }: CheckedPhone,
  method = "POST",
) {
  const { api, issuer } = inject("surroundings");
  const about = { owner: ownerIdOf({ issuer, subject }), device: DeviceId.parse(deviceId) };
  const capability = await capabilityFor(watched.app.services.keyedHash, about, watched.clock.now());
  return await follow(watched.app, `${api}/v1/alarms/${capability}`, method);
}
