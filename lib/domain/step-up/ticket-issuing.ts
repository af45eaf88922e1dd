/** Issues tickets: for a provider (R21), or for a device on which the account works (R23). */
import type { DeviceBoundAccount } from "../account.ts";
import { DAY, later, SECOND } from "../clock.ts";
import type { CredentialStore } from "../credentials/credential.ts";
import { type Asking, spendProof } from "../devices/admission.ts";
import { requireRight } from "../devices/young.ts";
import { Failure } from "../failure.ts";
import type { OwnerStore } from "../owner/owner-store.ts";
import type { KeyedHash } from "../sealing/keyed-hash.ts";
import { type Provider, requireAnswersFor } from "./provider.ts";
import { accountDigest, newTicketCode, type Ticket, type TicketStore } from "./ticket.ts";

type TicketPorts = { tickets: TicketStore; keyedHash: KeyedHash };
type Issued = { code: string; expiresAt: Date };

/**
 * `use`: `now` is valid for minutes; `printed` is for the day when the phone is lost. Fails as
 * `account-not-yours`.
 */
export async function issueProviderTicket(
  ports: TicketPorts,
  provider: Provider,
  { account, use }: { account: DeviceBoundAccount; use: "now" | "printed" },
  { ticketSeconds, printedTicketDays }: { ticketSeconds: number; printedTicketDays: number },
  now: Date,
): Promise<Issued> {
  requireAnswersFor(provider, account);
  return await issue(ports, {
    account: accountDigest(account),
    issuedBy: { by: "provider", client: provider.clientId },
    issuedAt: now,
    expiresAt: later(now, use === "now" ? ticketSeconds * SECOND : printedTicketDays * DAY),
  });
}

/** Fails as `device-too-new` or `account-not-on-device`, or as `spendProof` does. */
export async function issueDeviceTicket(
  ports: TicketPorts & { owners: OwnerStore; credentials: CredentialStore },
  asking: Asking,
  account: DeviceBoundAccount,
  { ticketSeconds, contactCoolingOffHours }: { ticketSeconds: number; contactCoolingOffHours: number },
): Promise<Issued> {
  const { caller, now } = asking;
  requireRight("issue-device-ticket", asking, contactCoolingOffHours);
  const { owner, holders = [] } = (await ports.credentials.find(account))?.value ?? {};
  if (owner !== caller.owner || !holders.some(({ device }) => device === caller.device)) {
    throw new Failure("account-not-on-device", "This device has no credential for the account.");
  }
  await spendProof(ports.owners, asking);
  return await issue(ports, {
    account: accountDigest(account),
    issuedBy: { by: "device", owner: caller.owner, device: caller.device },
    issuedAt: now,
    expiresAt: later(now, ticketSeconds * SECOND),
  });
}

/** Stores the ticket under its code's keyed hash; only this answer has the code itself. */
async function issue({ tickets, keyedHash }: TicketPorts, ticket: Ticket): Promise<Issued> {
  const code = newTicketCode();
  await tickets.put(await keyedHash.hash("ticket", code), ticket, undefined);
  return { code, expiresAt: ticket.expiresAt };
}
