/** Tickets: one activation of one account, as QR code or typed, now or printed (R21-R23). Pure. */
import { randomInt } from "node:crypto";
import * as z from "zod";
import { accountKey, type DeviceBoundAccount } from "../account.ts";
import { Failure } from "../failure.ts";
import { sha256 } from "../hash.ts";
import { Id } from "../id.ts";
import { loose } from "../loose.ts";
import { DeviceId, OwnerId } from "../owner.ts";
import type { Store } from "../store.ts";
import { codeTyped } from "../typed.ts";
import { answersFor, type Provider } from "./provider.ts";

/** Stored under the keyed hash of its code. `account`: its `accountDigest`, so that no name is stored. */
export const Ticket = loose({
  account: z.string(),
  issuedBy: z.union([
    loose({ by: z.literal("provider"), client: z.string() }),
    loose({ by: z.literal("device"), owner: OwnerId, device: DeviceId }),
  ]),
  issuedAt: z.coerce.date(),
  expiresAt: z.coerce.date(),
  usedBy: DeviceId.optional(),
  /** The challenge that it was used for. */
  usedFor: Id.optional(),
});
export type Ticket = z.infer<typeof Ticket>;
export type TicketStore = Store<string, Ticket>;

/** Crockford's base 32: no I, L, O or U in the data; five more symbols serve only as check character. */
const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const DATA_LENGTH = 27;
const GROUP = 4;
const CHECK_MODULUS = 37;

/**
 * 135 random bits and a check character, never one of Crockford's five extra symbols, which are hard to type.
 */
export function newTicketCode(): string {
  const data = Array.from({ length: DATA_LENGTH }, () => ALPHABET[randomInt(ALPHABET.length)]).join("");
  const check = ALPHABET[remainderOf(data)];
  return check === undefined ? newTicketCode() : data + check;
}

/** Seven groups of four, easy to read and type. */
export const grouped = (code: string): string => (code.match(new RegExp(`.{${GROUP}}`, "g")) ?? []).join("-");

/** The code's place in an activation address; `&` may be escaped as in HTML, `-` as in addresses. */
const IN_ADDRESS = /[?&;]code=(?<code>.*)/is;
/** As many letters and digits as a code has; other words may follow an address. */
const FIRST_LETTERS = new RegExp(`^.{${DATA_LENGTH + 1}}`, "u");

/**
 * The code, typed or in a pasted activation address. Ignores case, spaces and marks; takes full-width letters
 * and other scripts' digits; reads O as 0, I and L as 1. Undefined if mistyped: the check character catches
 * any one wrong or swapped character.
 */
export function readTicketCode(typed: string): string | undefined {
  const inAddress = IN_ADDRESS.exec(typed)?.groups?.["code"];
  const text = inAddress === undefined ? typed : decodedIn(inAddress);
  const letters = codeTyped(text.normalize("NFKC")).toUpperCase();
  const whole = inAddress === undefined ? letters : (FIRST_LETTERS.exec(letters)?.[0] ?? "");
  const code = whole.replaceAll("O", "0").replaceAll(/[IL]/g, "1");
  const isOne =
    code.length === DATA_LENGTH + 1 && Array.from(code).every((letter) => ALPHABET.includes(letter));
  return isOne && ALPHABET[remainderOf(code.slice(0, -1))] === code.slice(-1) ? code : undefined;
}

/** The query parameter's value, up to the next parameter. */
const decodedIn = (parameter: string): string => new URLSearchParams(`code=${parameter}`).get("code") ?? "";

const remainderOf = (data: string) =>
  Array.from(data).reduce((rest, letter) => (rest * 32 + ALPHABET.indexOf(letter)) % CHECK_MODULUS, 0);

/** The QR code's text: address and code. An app that can't scan it takes both by hand. */
export const qrText = (address: string, code: string): string =>
  `authenticator:activate?${new URLSearchParams({ address, code: grouped(code) })}`;

/** What a ticket names its account by. */
export const accountDigest = (account: DeviceBoundAccount): string => sha256(accountKey(account));

/**
 * Who redeems a ticket. `providers`: the apps that may issue tickets. `endedDevices`: devices whose tickets
 * no longer count. `subject`: from the account's own sign-in, if there was one.
 */
export type Redeeming = {
  account: DeviceBoundAccount;
  subject: string | undefined;
  owner: OwnerId;
  endedDevices: DeviceId[];
  providers: Provider[];
  device: DeviceId;
  challenge: string;
};

/**
 * A personal account needs its provider's ticket and its own sign-in (R20, R47): no device's ticket will do.
 */
const isTrusted = (
  { issuedBy }: Ticket,
  { account, subject, owner, endedDevices, providers }: Redeeming,
): boolean => {
  const isWork = account.kind === "work";
  return issuedBy.by === "provider"
    ? (isWork || subject !== undefined) &&
        providers.some((each) => each.clientId === issuedBy.client && answersFor(each, account))
    : isWork && issuedBy.owner === owner && !endedDevices.includes(issuedBy.device);
};

/** Also true for the device and challenge that used it: this repeats an interrupted request. */
const isUnused = ({ usedBy, usedFor }: Ticket, { device, challenge }: Redeeming): boolean =>
  usedBy === undefined || (usedBy === device && usedFor === challenge);

/**
 * The ticket, if it can be redeemed. Fails as `ticket-invalid`, whether it is missing or wrong for this use.
 */
export function requireTicket(ticket: Ticket | undefined, redeeming: Redeeming, now: Date): Ticket {
  const isFor = ticket?.account === accountDigest(redeeming.account) && isTrusted(ticket, redeeming);
  if (ticket && isFor && isUnused(ticket, redeeming) && ticket.expiresAt > now) return ticket;
  throw new Failure("ticket-invalid", "The ticket is not valid for this account.");
}
