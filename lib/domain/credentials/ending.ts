/** A provider ends credentials: the holder is told first, and only a step-up brings them back (R47). */
import { accountKey, type DeviceBoundAccount } from "../account.ts";
import { recipientsIn } from "../contacts/contact.ts";
import { sha256 } from "../hash.ts";
import { announce, type Outbox } from "../messages/announcement.ts";
import { type OwnerStore, readRecord } from "../owner/owner-store.ts";
import type { DeviceId } from "../owner.ts";
import { type Provider, requireAnswersFor } from "../step-up/provider.ts";
import { type Change, change, type Stored } from "../store.ts";
import { type AccountCredentials, type CredentialStore, withEndedByProvider } from "./credential.ts";

/** `findForProvider`: as `credentials.find`, at the same cost whether there is anything or not. */
type EndingPorts = {
  credentials: CredentialStore;
  findForProvider: CredentialStore["find"];
  owners: OwnerStore;
  outbox: Outbox;
};

/** `device`: ends only what this device has; without it, what all devices have. */
type Ending = { account: DeviceBoundAccount; device?: DeviceId | undefined };

type Held = Stored<AccountCredentials> | undefined;

/** Does nothing if there is nothing to end. Safe to repeat. Fails as `account-not-yours`. */
export async function endForProvider(
  ports: EndingPorts,
  provider: Provider,
  { account, device }: Ending,
  now: Date,
): Promise<undefined> {
  requireAnswersFor(provider, account);
  let held = await ports.findForProvider(account);
  while (held && withEndedByProvider(held.value, device, now)) {
    const { owner } = held.value;
    await tellHolder(ports, { account, device }, held.value, now);
    const end = (stored: Held): Change<AccountCredentials, void, Held> => {
      const next = stored?.value.owner === owner && withEndedByProvider(stored.value, device, now);
      return next ? { result: undefined, next } : { result: undefined, unchanged: stored };
    };
    // If the account moved meanwhile, its new owner must be told first, too.
    const { stored } = await change(ports.credentials, account, held, end);
    held = stored?.value.owner === owner ? undefined : stored;
  }
}

/** The message has the same id if an interrupted request is repeated, so that it is told once. */
async function tellHolder(
  { owners, outbox }: EndingPorts,
  { account, device }: Ending,
  { owner, holders }: AccountCredentials,
  now: Date,
): Promise<void> {
  const recipients = recipientsIn(await readRecord(owners, owner), now);
  const issued = holders.map((each) => [each.device, each.code?.issuedAt, each.push?.issuedAt]);
  const id = `credentials-ended ${sha256(JSON.stringify([accountKey(account), device, issued]))}`;
  await announce(outbox, owner, { kind: "credentials-ended", recipients, now, id });
}
