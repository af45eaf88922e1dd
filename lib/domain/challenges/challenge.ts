/** A challenge: a sent code or an awaited ticket, for one device, ten minutes and five tries (R24). */
import { randomInt } from "node:crypto";
import * as z from "zod";
import { accountKey, StoredDeviceBound } from "../account.ts";
import { later, SECOND } from "../clock.ts";
import { Failure } from "../failure.ts";
import { Id } from "../id.ts";
import { loose } from "../loose.ts";
import { DeviceId } from "../owner.ts";
import type { KeyedHash } from "../sealing/keyed-hash.ts";
import { type Failures, minus, noFailures, plusOne, secondsLeft } from "./throttle.ts";

const shared = {
  id: Id,
  device: DeviceId,
  createdAt: z.coerce.date(),
  attempts: z.int().min(0),
};
const stepUp = { purpose: z.literal("step-up"), recovery: Id, account: StoredDeviceBound };

/**
 * `codeHash`: keyed, see `hashCode`. `subject`: from the account's own sign-in; a work account needs none.
 * `contact`: where the code was sent.
 */
export const Challenge = z.union([
  loose({ ...shared, kind: z.literal("contact"), contact: Id, codeHash: z.string() }),
  loose({
    ...shared,
    ...stepUp,
    kind: z.literal("code"),
    subject: z.string(),
    codeHash: z.string(),
    contact: Id.optional(),
  }),
  loose({ ...shared, ...stepUp, kind: z.literal("ticket"), subject: z.string().optional() }),
]);
export type Challenge = z.infer<typeof Challenge>;
export type StepUp = Exclude<Challenge, { kind: "contact" }>;

/** The challenges in an owner's record. `failures`: over all challenges. */
type Challenges = { challenges: Challenge[]; failures: Failures };

/** NIST SP 800-63B-4 §3.1.3.2, OWASP ASVS 6.5.5. */
export const CHALLENGE_SECONDS = 600;
const MAX_ATTEMPTS = 5;
/** A ticket's challenge costs nothing, and displaces no code. Of codes there are as many as an owner is sent a day. */
const MAX_OPEN = { ticket: 10, code: 30 };
const CODES = 1_000_000;

/** Six digits, uniformly random. */
export const newCode = (): string => String(randomInt(CODES)).padStart(6, "0");

/** Each challenge hashes the same code differently. */
export const hashCode = (keyedHash: KeyedHash, challenge: string, code: string): Promise<string> =>
  keyedHash.hash("code", JSON.stringify([challenge, code]));

export const expiresAt = ({ createdAt }: Challenge): Date => later(createdAt, CHALLENGE_SECONDS * SECOND);
const isOpen = (challenge: Challenge, now: Date) =>
  expiresAt(challenge) > now && challenge.attempts < MAX_ATTEMPTS;

/** At most one challenge is open per target. */
const targetOf = (challenge: Challenge) =>
  challenge.kind === "contact"
    ? [challenge.contact, challenge.device]
    : [challenge.recovery, accountKey(challenge.account)];

/** Keeps the newest open; a new one replaces the one for the same target. */
export function withChallenge<R extends Pick<Challenges, "challenges">>(
  record: R,
  challenge: Challenge,
  now: Date,
): R {
  const target = JSON.stringify(targetOf(challenge));
  const others = record.challenges.filter(
    (each) => isOpen(each, now) && JSON.stringify(targetOf(each)) !== target,
  );
  const all = [challenge, ...others];
  const tickets = all.filter(({ kind }) => kind === "ticket").slice(0, MAX_OPEN.ticket);
  const codes = all.filter(({ kind }) => kind !== "ticket").slice(0, MAX_OPEN.code);
  return { ...record, challenges: all.filter((each) => tickets.includes(each) || codes.includes(each)) };
}

/**
 * Undoes a challenge whose code couldn't be queued: the send doesn't count, and the challenges that it
 * displaced return.
 */
export function withoutChallenge<R extends Pick<Challenges, "challenges"> & { sent: { at: Date }[] }>(
  record: R,
  { id, createdAt }: Challenge,
  dropped: Challenge[],
): R {
  const others = record.challenges.filter((each) => each.id !== id);
  if (others.length === record.challenges.length) return record;
  const send = record.sent.findIndex(({ at }) => at.getTime() === createdAt.getTime());
  return {
    ...record,
    challenges: [...others, ...dropped],
    sent: record.sent.filter((_, at) => at !== send),
  };
}

/** Fails as `too-many-tries` while the owner must wait. */
export function requireNotThrottled({ failures }: Pick<Challenges, "failures">, now: Date): void {
  const retryAfterSeconds = secondsLeft(failures, now);
  if (retryAfterSeconds === 0) return;
  throw new Failure("too-many-tries", "Too many wrong answers.", { retryAfterSeconds });
}

/** The challenge to answer: its id counts only for its own device and purpose. */
export type Answered = { id: string; device: string; kinds: readonly Challenge["kind"][] };

/**
 * Counts a try as the owner's failure before any comparison. A right answer takes it back; a new challenge
 * doesn't. Tickets can't be guessed: they neither wait nor count. Fails as `challenge-not-found` or
 * `too-many-tries`.
 */
export function countTry<R extends Challenges>(
  record: R,
  answered: Answered,
  now: Date,
): { challenge: Challenge; record: R } {
  const open = requireOpen(record, answered, now);
  const isGuessable = open.kind !== "ticket";
  if (isGuessable) requireNotThrottled(record, now);
  const challenge = { ...open, attempts: open.attempts + 1 };
  const challenges = record.challenges.map((each) => (each.id === challenge.id ? challenge : each));
  const failures = isGuessable ? plusOne(record.failures, now) : record.failures;
  return { challenge, record: { ...record, challenges, failures } };
}

/**
 * A challenge passes once. A step-up code clears all failures. A confirmed contact proves no account, and a
 * ticket only its provider's consent, which anyone can get for an account of their own; both take back only
 * their own tries. Fails as `challenge-not-found` if another answer came first.
 */
export function pass<R extends Challenges>(record: R, { id }: Challenge): R {
  const passed = record.challenges.find((each) => each.id === id);
  if (!passed) throw notFound();
  const failures = passed.kind === "code" ? noFailures : minus(record.failures, triesCounted(passed));
  return { ...record, challenges: record.challenges.filter((each) => each !== passed), failures };
}

/** A ticket's tries are never counted. */
const triesCounted = ({ kind, attempts }: Challenge) => (kind === "ticket" ? 0 : attempts);

function requireOpen({ challenges }: Challenges, { id, device, kinds }: Answered, now: Date): Challenge {
  const challenge = challenges.find((each) => each.id === id);
  const fits = challenge && challenge.device === device && kinds.includes(challenge.kind);
  if (fits && isOpen(challenge, now)) return challenge;
  throw notFound();
}

export const wrongAnswer = ({ attempts }: Challenge) =>
  new Failure("answer-wrong", "The code is wrong.", { triesLeft: MAX_ATTEMPTS - attempts });

const notFound = () => new Failure("challenge-not-found", "There is no such challenge, or it has ended.");
