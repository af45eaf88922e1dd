/** The checks of a running service, without a token. Each returns what it saw, or throws. */
import * as z from "zod";
import { type Answer, ask } from "./ask.ts";
import { jsonIn } from "./health.ts";
import { checkTransport } from "./transport.ts";

export type Check = { name: string; run(base: URL): Promise<string> };

const OWNER_ROUTE = "v1/backups";
const YEAR_SECONDS = 31_536_000;
/**
 * The service refuses a proof when the device's clock is off by more than 60 s. Half of that is for the
 * phones.
 */
const MOST_SKEW_MS = 30_000;

const Problem = z.object({ type: z.string(), status: z.literal(401) });

const Directory = z.object({ routes: z.array(z.string()).min(1) });

const onOwnerRoute = (name: string, look: (answer: Answer) => string): Check => ({
  name,
  run: async (base) => look(await ask(base, OWNER_ROUTE)),
});

export const checks: Check[] = [
  { name: "the way there is encrypted", run: checkTransport },
  {
    name: "an unknown route is 404, and told those that there are",
    run: async (base) => {
      const answer = await ask(base, "v1/no-such-route");
      const told = Directory.safeParse(jsonIn(answer));
      if (!told.success) throw new Error(`${answer.status}, from the host and not from the app`);
      return expectEqual(answer.status, 404);
    },
  },
  onOwnerRoute("an owner's route without a token is 401", ({ status, headers }) => {
    if (!/^Bearer\b/.test(headers.get("www-authenticate") ?? ""))
      throw new Error(`${status} without a challenge`);
    return expectEqual(status, 401);
  }),
  onOwnerRoute("… as a problem document", typeOf),
  {
    name: "… whose type leads to a page, which is shipped beside the bundle",
    run: async (base) => {
      const type = typeOf(await ask(base, OWNER_ROUTE));
      const { status, headers } = await ask(base, type.slice(type.indexOf("problems/")));
      expectHeader(headers, "content-type", (value) => value.startsWith("text/html"));
      return expectEqual(status, 200);
    },
  },
  onOwnerRoute("… which nothing may store", ({ headers }) =>
    expectHeader(headers, "cache-control", (value) => /\bno-store\b/.test(value)),
  ),
  onOwnerRoute("… and whose type no browser guesses", ({ headers }) =>
    expectHeader(headers, "x-content-type-options", (value) => value === "nosniff"),
  ),
  onOwnerRoute("browsers are kept to https for a year (HSTS)", ({ headers }) =>
    expectHeader(headers, "strict-transport-security", (value) => maxAgeIn(value) >= YEAR_SECONDS),
  ),
  onOwnerRoute("its clock is right within 30 s", ({ headers, askedAt }) => {
    const skewMs = Date.parse(headers.get("date") ?? "") - askedAt.getTime();
    const seconds = `${(skewMs / 1000).toFixed(1)} s`;
    if (!(Math.abs(skewMs) <= MOST_SKEW_MS))
      throw new Error(`it is off by ${seconds}: proofs would be refused`);
    return seconds;
  }),
];

function typeOf(answer: Answer): string {
  const type = answer.headers.get("content-type") ?? "";
  const problem = Problem.safeParse(jsonIn(answer));
  if (!type.startsWith("application/problem+json") || !problem.success)
    throw new Error(`${type || "nothing"}`);
  return problem.data.type;
}

function expectEqual(status: number, wanted: number): string {
  if (status !== wanted) throw new Error(`${status}`);
  return "";
}

function expectHeader(headers: Headers, name: string, isGood: (value: string) => boolean): string {
  const value = headers.get(name) ?? "";
  if (!isGood(value)) throw new Error(value === "" ? `no ${name}` : `${name}: ${value}`);
  return value;
}

const maxAgeIn = (value: string) => Number(/\bmax-age=(\d+)/i.exec(value)?.[1] ?? 0);
