/** Tickets: one activation of one account each, as QR code or typed by hand, at once or printed for later (R21-R23). Pure. */
import { randomInt } from "node:crypto";
import * as z from "zod";
import { accountKey, type DeviceBoundAccount } from "../account.ts";
import { Failure } from "../failure.ts";
import { Id } from "../id.ts";
import { loose } from "../loose.ts";
import { DeviceId, OwnerId, sha256 } from "../owner.ts";
import type { Store } from "../store.ts";
import { codeTyped } from "../typed.ts";
import { answersFor, type Provider } from "./provider.ts";

/** Named by the keyed hash of its code. `account`: a digest, so that no name is kept. */
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

/** Crockford's base 32: no I, L, O or U in the data; five more symbols only as check character. */
const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const DATA_LENGTH = 27;
const GROUP = 4;
const CHECK_MODULUS = 37;

/**
 * 135 random bits and a check character, which is never one of Crockford's five extra symbols: those are hard
 * to type.
 */
export function newTicketCode(): string {
  const data = Array.from({ length: DATA_LENGTH }, () => ALPHABET[randomInt(ALPHABET.length)]).join("");
  const check = ALPHABET[remainderOf(data)];
  return check === undefined ? newTicketCode() : data + check;
}

/** For reading and typing: seven groups of four. */
export const grouped = (code: string): string => (code.match(new RegExp(`.{${GROUP}}`, "g")) ?? []).join("-");

/** Where an activation address says its code: `&` may be written as HTML writes it, `-` as addresses may. */
const IN_ADDRESS = /[?&;]code=(?<code>.*)/is;
/** As many letters and digits as a code has; an address may be followed by other words. */
const FIRST_LETTERS = new RegExp(`^.{${DATA_LENGTH + 1}}`, "u");

/**
 * The code that was typed, or that the pasted activation address says: case, spaces and marks don't matter,
 * full-width letters and other scripts' digits count, O is 0, I and L are 1. Undefined for what can't be a
 * code: mistyped, then, since any one wrong or swapped character shows.
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

/** Of a query's parameter, up to the next one. */
const decodedIn = (parameter: string): string => new URLSearchParams(`code=${parameter}`).get("code") ?? "";

const remainderOf = (data: string) =>
  Array.from(data).reduce((rest, letter) => (rest * 32 + ALPHABET.indexOf(letter)) % CHECK_MODULUS, 0);

/** What a QR code says: where, and the code. An app that can't scan it takes the same two by hand. */
export const qrText = (address: string, code: string): string =>
  `authenticator:activate?${new URLSearchParams({ address, code: grouped(code) })}`;

export const ticketFor = (account: DeviceBoundAccount): string => sha256(accountKey(account));

/**
 * Whom a ticket is to be good for: `providers` are the apps that may issue any, `endedDevices` those that may
 * not any more.
 */
export type Redeeming = {
  account: DeviceBoundAccount;
  owner: OwnerId;
  endedDevices: DeviceId[];
  providers: Provider[];
  device: DeviceId;
  challenge: string;
};

const isTrusted = ({ issuedBy }: Ticket, { account, owner, endedDevices, providers }: Redeeming): boolean =>
  issuedBy.by === "provider"
    ? providers.some((each) => each.clientId === issuedBy.client && answersFor(each, account))
    : issuedBy.owner === owner && !endedDevices.includes(issuedBy.device);

/** Used for this very challenge by this very device: the request is repeated, since it was cut off. */
const isUnused = ({ usedBy, usedFor }: Ticket, { device, challenge }: Redeeming): boolean =>
  usedBy === undefined || (usedBy === device && usedFor === challenge);

/**
 * The ticket, if it can be redeemed. Fails as `ticket-invalid`, whatever is wrong: there is none, or none for
 * this.
 */
export function requireTicket(ticket: Ticket | undefined, redeeming: Redeeming, now: Date): Ticket {
  const isFor = ticket?.account === ticketFor(redeeming.account) && isTrusted(ticket, redeeming);
  if (ticket && isFor && isUnused(ticket, redeeming) && ticket.expiresAt > now) return ticket;
  throw new Failure("ticket-invalid", "The ticket is not valid for this account.");
}
