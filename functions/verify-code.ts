/** POST v1/codes/verify: a provider asks whether a code is right, and which device it came from; each code counts once (R14, R33). */
import * as z from "zod";
import { BoundAccount } from "../lib/domain/account.ts";
import { type AccountCredentials, type Checked, checkCode } from "../lib/domain/credential.ts";
import { Failure } from "../lib/domain/failure.ts";
import { requireAnswersFor } from "../lib/domain/provider.ts";
import { type Change, change, type Stored } from "../lib/domain/store.ts";
import { Code } from "../lib/http/code.ts";
import { endpoint } from "../lib/http/endpoint.ts";
import { evenly } from "../lib/http/evenly.ts";
import { Verdict, verdict } from "../lib/http/verdict.ts";

/** So that an answer about a known account takes no longer than a no, however many ask at once. */
const ROUNDS = 3;

type Held = Stored<AccountCredentials> | undefined;

export const verifyCode = endpoint({
  name: "verify-code",
  summary: "Check a one-time code",
  method: "POST",
  route: "v1/codes/verify",
  access: "provider:Codes.Verify",
  request: { body: z.strictObject({ account: BoundAccount, code: Code }) },
  replies: { 200: Verdict },
  async handle({ provider, body: { account, code }, now }, { credentials, findForProvider }) {
    requireAnswersFor(provider, account);
    const check = async () => {
      const held = await findForProvider(account);
      if (!held) return undefined;
      const decide = (stored: Held): Change<AccountCredentials, Checked, Held> => {
        if (!stored) return { result: undefined, unchanged: stored };
        const { checked, next } = checkCode(stored.value, code, now);
        return next === stored.value ? { result: checked, unchanged: stored } : { result: checked, next };
      };
      const decided = change(credentials, account, held, decide, ROUNDS);
      return (await decided.catch(asRefused)).result;
    };
    return { status: 200, body: verdict(await evenly(check())) };
  },
});

/** Many at once about one account are guesses; that they got in each other's way must not tell that there is one. */
function asRefused(error: unknown): { result: undefined } {
  if (error instanceof Failure && error.kind === "busy") return { result: undefined };
  throw error;
}
