/** Anna backs up, on her phone and her tablet. */
import { etagOf, receiptIn } from "../../functions/helpers.ts";
import { nothingYet } from "../../support/builders.ts";
import { aPhone, type CheckedPhone } from "../../support/phones.ts";
import * as people from "./people.ts";
import { android, ios, type Stage } from "./stage.ts";

export async function backUp({ teller, phone }: Stage): Promise<void> {
  const headers = {
    ...nothingYet,
    "idempotency-key": "8f7d2c1e-5b0a-4f6e-9d3c-2a1b0c9d8e7f",
    "device-name": "Anna%E2%80%99s%20phone",
  };
  const first = await teller.ask("upload-backup", phone, {
    name: "first-upload",
    summary: "The owner's first upload, which registers the device",
    params: android,
    headers,
    body: people.firstDocument(),
    status: 201,
  });
  await teller.ask("check-staleness", phone, {
    name: "fresh",
    summary: "With what the device remembers of its last upload",
    params: android,
    query: { generation: "1", digest: receiptIn(first).version.digest },
    status: 200,
  });
  await teller.ask("upload-backup", phone, {
    name: "next-upload",
    summary: "The next upload replaces the state that the device knows",
    params: android,
    headers: { "if-match": etagOf(first) },
    body: people.laterDocument(),
    status: 200,
  });
  await teller.ask("get-backup", phone, {
    name: "stored",
    summary: "A backup of two uploads",
    params: android,
    status: 200,
  });
  await teller.ask("list-backups", phone, {
    name: "one-backup",
    summary: "An owner with Android devices only",
    status: 200,
  });
  const read = await teller.ask("read-document", phone, {
    name: "read",
    summary: "What is stored now",
    params: android,
    status: 200,
  });
  await teller.ask("read-document", phone, {
    name: "unchanged",
    summary: "The device has it already",
    params: android,
    headers: { "if-none-match": etagOf(read) },
    status: 304,
  });
}

export async function turnOffAndOn({ teller, phone }: Stage): Promise<void> {
  const versions = await teller.ask("list-versions", phone, {
    name: "two-versions",
    summary: "Two uploads",
    params: android,
    status: 200,
  });
  const { versions: listed } = Object(versions.body);
  const restored = await teller.ask("restore-version", phone, {
    name: "restored",
    summary: "Back to the first upload",
    params: { ...android, versionId: listed[1].id },
    headers: { "if-match": etagOf(versions) },
    status: 200,
  });
  const deleted = await teller.ask("delete-backup", phone, {
    name: "turned-off",
    summary: "Backup is turned off",
    params: android,
    headers: { "if-match": etagOf(restored) },
    status: 200,
  });
  const undeleted = await teller.ask("undelete-backup", phone, {
    name: "undeleted",
    summary: "It was a mistake",
    params: android,
    headers: { "if-match": etagOf(deleted) },
    status: 200,
  });
  const confirmed = await teller.ask("confirm-sign-in", phone, {
    name: "confirmed",
    summary: "The owner has signed in again",
    params: android,
    headers: { "if-match": etagOf(undeleted) },
    status: 200,
  });
  await phone.call("PUT", "v1/backups/android", {
    body: people.laterDocument(),
    headers: { "if-match": etagOf(confirmed) },
  });
}

/** Client custody, and a document that the device seals itself. */
export async function useTablet({ teller, owner, watched }: Stage): Promise<CheckedPhone> {
  const tablet = await aPhone({ owner, app: watched.app, platform: "ios" });
  await teller.ask("register-device", tablet, {
    name: "registered",
    summary: "A tablet, registered by a fresh sign-in",
    body: { platform: "ios", name: "Anna's tablet" },
    status: 201,
  });
  const uploaded = await teller.ask("upload-backup", tablet, {
    name: "client-custody",
    summary: "The sealed copy goes to the owner's own cloud drive",
    params: ios,
    query: { custody: "client" },
    headers: nothingYet,
    body: people.firstDocument(),
    status: 201,
  });
  await teller.ask("open-document", tablet, {
    name: "by-envelope",
    summary: "Read with the envelope of the last upload",
    params: ios,
    body: { envelope: receiptIn(uploaded).envelope },
    status: 200,
  });
  await teller.ask("upload-backup", tablet, {
    name: "sealed-by-device",
    summary: "A document that only the device can read",
    params: ios,
    query: { custody: "service" },
    headers: { "if-match": etagOf(uploaded) },
    sealed: people.jwe,
    status: 200,
  });
  return tablet;
}
