/** Anna looks after her devices and her data, and leaves. */
import { inject } from "vitest";
import { capabilityFor } from "../../../lib/domain/devices/repudiation.ts";
import { DeviceId, ownerIdOf } from "../../../lib/domain/owner.ts";
import { withContactCode } from "../../functions/erasure-scene.ts";
import { nothingYet } from "../../support/builders.ts";
import { deliverAll } from "../../support/delivering.ts";
import { aPhone, type CheckedPhone, signInAt } from "../../support/phones.ts";
import * as people from "./people.ts";
import type { Stage } from "./stage.ts";

export async function lookAfterDevices(
  { teller }: Stage,
  phone: CheckedPhone,
  tablet: CheckedPhone,
): Promise<void> {
  await teller.ask("rename-device", phone, {
    name: "renamed",
    summary: "Another name for the tablet",
    params: { id: tablet.deviceId },
    body: { name: "The kitchen's tablet" },
    status: 200,
  });
  await teller.ask("revoke-device", phone, {
    name: "revoked",
    summary: "The tablet got lost",
    params: { id: tablet.deviceId },
    status: 204,
  });
  await teller.ask("list-devices", phone, {
    name: "three-devices",
    summary: "One of them is revoked",
    status: 200,
  });
}

/** Somebody who knows the password has come in, and wants Anna's phone out. */
export async function object({ teller, owner, watched }: Stage, phone: CheckedPhone): Promise<void> {
  const stranger = await aPhone({ owner, app: watched.app });
  const body = { platform: "android", name: "Pixel 9" };
  await stranger.call("POST", "v1/devices", { body });
  await teller.ask("revoke-device", stranger, {
    name: "suspended",
    summary: "By a phone that came a moment ago",
    params: { id: phone.deviceId },
    status: 202,
  });
  await teller.ask("object-to-revocation", phone, {
    name: "objected",
    summary: "It is back, and the other one is shut out",
    params: { id: phone.deviceId },
    status: 200,
  });
}

export async function lookBack({ teller, watched, owner }: Stage, phone: CheckedPhone): Promise<void> {
  await deliverAll({ watched, owner });
  await teller.ask("list-activity", phone, {
    name: "newest",
    summary: "The newest page, which is all there is",
    status: 200,
  });
  await teller.ask("list-activity", phone, {
    name: "older",
    summary: "Entries before the third",
    query: { before: "2" },
    status: 200,
  });
  const other = await aPhone({ app: watched.app });
  await other.call("PUT", "v1/backups/android", { body: people.firstDocument(), headers: nothingYet });
  await teller.ask("export-data", other, {
    name: "whole",
    summary: "Of an owner with one upload",
    status: 200,
  });
}

export async function repudiate(
  { teller, watched, owner, phone: old }: Stage,
  phone: CheckedPhone,
  recovery: string,
): Promise<void> {
  await old.signIn(owner, signInAt(watched.clock.now()));
  const about = {
    owner: ownerIdOf({ issuer: inject("surroundings").issuer, subject: owner }),
    device: DeviceId.parse(phone.deviceId),
  };
  const capability = await capabilityFor(watched.app.services.keyedHash, about, watched.clock.now());
  teller.words.learn(capability, "THE-SECRET-PART-OF-THE-LINK");
  const link = { params: { capability }, query: { language: "en" } };
  await teller.ask("show-alarm", undefined, {
    name: "asks",
    summary: "The page of a link",
    ...link,
    status: 200,
  });
  await teller.ask("repudiate-alarm", undefined, {
    name: "done",
    summary: "The button was pressed",
    ...link,
    status: 200,
  });
  const unknown = { params: { capability: "mistyped" }, query: { language: "en" }, status: 404 };
  await teller.ask("show-alarm", undefined, { name: "unknown", summary: "The link is mistyped", ...unknown });
  await teller.ask("repudiate-alarm", undefined, {
    name: "unknown",
    summary: "The link is mistyped",
    ...unknown,
  });
  await teller.ask("repudiate-recovery", old, {
    name: "frozen",
    summary: "From the phone that made the backup",
    params: { id: recovery },
    status: 200,
  });
}

export async function leave({ teller, watched, owner, phone }: Stage, contact: string): Promise<void> {
  await teller.ask("remove-contact", phone, {
    name: "removed",
    summary: "After a fresh sign-in",
    params: { id: contact },
    status: 204,
  });
  const confirm = { confirm: "erase-everything" };
  watched.app.services.policy.erasureDelayHours = 72;
  await teller.ask("erase-data", phone, {
    name: "planned",
    summary: "It waits, and can be taken back",
    query: confirm,
    status: 202,
  });
  await teller.ask("keep-data", phone, { name: "kept", summary: "Taken back", status: 204 });
  await withContactCode({ watched, owner }, phone, watched.clock.now());
  await teller.ask("erase-data", phone, {
    name: "erased",
    summary: "At once, after a contact's code",
    query: { ...confirm, when: "now" },
    status: 204,
  });
}
