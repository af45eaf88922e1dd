/** Tells a provider whether a code or signature is right and whose device made it (R14, R33). */
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

/** `findForProvider`: like `credentials.find`, at the same cost whether there is anything or not. */
type VerificationPorts = { credentials: CredentialStore; findForProvider: CredentialStore["find"] };

/** Few, so that a yes takes no longer than a no, however many ask at once. */
const ROUNDS = 3;

type Held = Stored<AccountCredentials> | undefined;

/** Accepts each code once. Fails as `account-not-yours`. */
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
 * Many requests at once about one account are guesses; their conflict must not reveal that the account
 * exists.
 */
function asRefused(error: unknown): { result: undefined } {
  if (error instanceof Failure && error.kind === "busy") return { result: undefined };
  throw error;
}

/** The challenge is the provider's own. Fails as `account-not-yours`. */
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
