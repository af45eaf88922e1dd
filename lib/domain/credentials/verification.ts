/** A provider asks whether a code or a signature is right, and which device it came from (R14, R33). */
import type { DeviceBoundAccount } from "../account.ts";
import { Failure } from "../failure.ts";
import { type Provider, requireAnswersFor } from "../step-up/provider.ts";
import { type Change, change, type Stored } from "../store.ts";
import {
  type AccountCredentials,
  type Checked,
  type CredentialStore,
  checkCode,
  checkSignature,
} from "./credential.ts";

/** `findForProvider`: as `credentials.find`, at the same cost whether there is anything or not. */
type VerificationPorts = { credentials: CredentialStore; findForProvider: CredentialStore["find"] };

/** So that an answer about a known account takes no longer than a no, however many ask at once. */
const ROUNDS = 3;

type Held = Stored<AccountCredentials> | undefined;

/** Each code counts once. Fails as `account-not-yours`. */
export async function verifyCode(
  { credentials, findForProvider }: VerificationPorts,
  provider: Provider,
  { account, code }: { account: DeviceBoundAccount; code: string },
  now: Date,
): Promise<Checked> {
  requireAnswersFor(provider, account);
  const held = await findForProvider(account);
  if (!held) return undefined;
  const decide = (stored: Held): Change<AccountCredentials, Checked, Held> => {
    if (!stored) return { result: undefined, unchanged: stored };
    const { checked, next } = checkCode(stored.value, code, now);
    return next === stored.value ? { result: checked, unchanged: stored } : { result: checked, next };
  };
  const decided = change(credentials, account, held, decide, ROUNDS);
  return (await decided.catch(asRefused)).result;
}

/**
 * Many at once about one account are guesses; that they got in each other's way must not tell that there is
 * one.
 */
function asRefused(error: unknown): { result: undefined } {
  if (error instanceof Failure && error.kind === "busy") return { result: undefined };
  throw error;
}

/** Over a challenge of the provider's own. Fails as `account-not-yours`. */
export async function verifySignature(
  { findForProvider }: Pick<VerificationPorts, "findForProvider">,
  provider: Provider,
  {
    account,
    challenge,
    signature,
  }: { account: DeviceBoundAccount; challenge: Uint8Array; signature: Uint8Array },
): Promise<Checked> {
  requireAnswersFor(provider, account);
  const held = await findForProvider(account);
  return held && checkSignature(held.value, challenge, signature);
}
