/** Problem documents and challenges: what a client can tell from a refusal. */
import { describe, expect, it } from "vitest";
import { Failure, type FailureKind, invalid } from "../../../lib/domain/failure.ts";
import { wwwAuthenticateFor } from "../../../lib/http/pipeline/www-authenticate.ts";
import { kindOf, Problem, problemOf, typeOf } from "../../../lib/http/problems/problem.ts";
import { type ProblemKind, problems } from "../../../lib/http/problems/problems.ts";
import { aBoundWork } from "../../domain/builders.ts";

const kinds = Object.keys(problems).filter((kind): kind is ProblemKind => kind in problems);
const requestId = "11111111-2222-4333-8444-555555555555";

describe("R41 the table of problems", () => {
  it.each(kinds)("R41 %s has a status of 4xx or 5xx, a title and what the client should do", (kind) => {
    const { status, title, remedy } = problems[kind];
    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(600);
    expect(title).toMatch(/^[A-Z].*\.$/);
    expect(remedy).toMatch(/^[A-Z].*\.$/);
  });

  it("R41 no two kinds share a type or a title", () => {
    expect(new Set(kinds.map(typeOf)).size).toBe(kinds.length);
    expect(new Set(kinds.map((kind) => problems[kind].title)).size).toBe(kinds.length);
  });

  it("R32 R41 every 429 and 5xx says when to repeat it, and nothing else does", () => {
    for (const kind of kinds) {
      const { status, retry, remedy } = problems[kind];
      expect({ kind, asIs: retry === "as-is" }).toEqual({ kind, asIs: status === 429 || status >= 500 });
      if (kind !== "unexpected")
        expect({ kind, told: remedy.includes("Retry-After") }).toEqual({ kind, told: retry === "as-is" });
    }
  });

  it("R41 only refusals that no changed request could avoid say never", () => {
    const never = kinds.filter((kind) => problems[kind].retry === "never");
    expect(never.toSorted()).toEqual([
      "account-bound-elsewhere",
      "account-not-yours",
      "backup-unreadable",
      "contact-not-found",
      "cross-platform-denied",
      "device-not-found",
      "not-in-this-mode",
      "recovery-ended",
      "role-missing",
    ]);
  });
});

describe("R41 a problem document", () => {
  it.each(kinds.filter((kind): kind is FailureKind => kind !== "unexpected"))(
    "R41 of %s fits its schema",
    (kind) => {
      const problem = Problem.parse(problemOf(new Failure(kind, "What happened."), requestId));
      expect(problem).toMatchObject({
        type: `/api/problems/${kind}`,
        status: problems[kind].status,
        detail: "What happened.",
        instance: `urn:uuid:${requestId}`,
      });
    },
  );

  it("R41 has the details of a refusal under their names", () => {
    const details = {
      generation: 3,
      etag: '"3"',
      overlapping: ["/existingAccounts/0"],
      minimumVersion: "6.6.0",
      plan: { id: "1", accounts: [{ outcome: "keep", reason: "on-device", account: aBoundWork() }] },
      triesLeft: 4,
      usableInSeconds: 3600,
      maxAgeSeconds: 300,
      retryAfterSeconds: 5,
      serverTime: "2026-05-04T10:00:00.500Z",
      skewSeconds: -65,
    };
    const told = Problem.parse(problemOf(new Failure("stale-precondition", "x", details), requestId));
    expect(told).toMatchObject(details);
    expect(problemOf(invalid("/a", "must be b"), requestId)).toMatchObject({
      detail: "/a: must be b",
      errors: [{ at: "/a", detail: "must be b" }],
    });
  });

  it.each([
    ["an error", new Error("canary in /var/app/lib/x.ts")],
    [
      "an error that looks like a refusal",
      Object.assign(new Error("canary"), { kind: "backup-not-found", details: { etag: "canary" } }),
    ],
    ["a text", "canary"],
    ["a value", { canary: "canary" }],
    ["nothing", undefined],
  ])("R34 R41 of %s says nothing but that something went wrong", (_, thrown) => {
    const problem = problemOf(thrown, requestId);
    expect(kindOf(thrown)).toBe("unexpected");
    expect(problem).toMatchObject({ status: 500, detail: problem.title });
    expect(JSON.stringify(problem)).not.toContain("canary");
  });

  it("R34 leaves out the cause of a refusal", () => {
    const failure = new Failure("storage-unavailable", "x", {}, { cause: new Error("canary") });
    expect(JSON.stringify(problemOf(failure, requestId))).not.toContain("canary");
  });

  // `unexpected` says `as-is` but never when.
  it("R32 of a fault of ours says when to try again, like every repeatable one", () => {
    const problem = problemOf(new Error("x"), requestId);
    expect(problem.retryAfterSeconds !== undefined).toBe(problem.retry === "as-is");
  });
});

describe("F27 challenges", () => {
  const policy = { maxAgeSeconds: 600, accountMaxAgeSeconds: 300, authContexts: [] };
  it("F27 R10 an old sign-in is challenged as in RFC 9470, with the required age", () => {
    expect(wwwAuthenticateFor("sign-in-too-old", policy)).toBe(
      'Bearer error="insufficient_user_authentication", max_age=600',
    );
  });

  it("F27 R20 a sign-in to an account in the same way, with the age required there", () => {
    expect(wwwAuthenticateFor("account-sign-in-required", policy)).toBe(
      'Bearer error="insufficient_user_authentication", max_age=300',
    );
  });

  it.each([
    ["sign-in-too-old", 600],
    ["account-sign-in-required", 300],
  ] as const)(
    "F27 R10 R20 %s: for Entra there is a claims challenge beside it for each context, and it decodes to the claims that are asked for",
    (kind, maxAge) => {
      const header = wwwAuthenticateFor(kind, { ...policy, authContexts: ["c1", "c25"] }) ?? "";
      expect(header.split(", Bearer ")[0]).toBe(
        `Bearer error="insufficient_user_authentication", max_age=${maxAge}`,
      );
      const claims = [...header.matchAll(/Bearer error="insufficient_claims", claims="([A-Za-z0-9+/=]+)"/g)];
      expect(claims.map(([, text]) => JSON.parse(Buffer.from(text ?? "", "base64").toString()))).toEqual([
        { access_token: { acrs: { essential: true, value: "c1" } } },
        { access_token: { acrs: { essential: true, value: "c25" } } },
      ]);
    },
  );

  it.each([
    ["not-signed-in", 'Bearer error="invalid_token"'],
    ["proof-invalid", 'DPoP error="invalid_dpop_proof", algs="ES256"'],
    ["clock-skewed", 'DPoP error="invalid_dpop_proof", algs="ES256"'],
    ["device-revoked", 'DPoP error="invalid_token", algs="ES256"'],
  ] as const)("R4 R17 %s is challenged with what is missing", (kind, header) => {
    expect(wwwAuthenticateFor(kind, policy)).toBe(header);
  });

  it("F27 R41 every 401 has a challenge, and nothing else has (RFC 9110 §15.5.2)", () => {
    for (const kind of kinds) {
      const challenged = wwwAuthenticateFor(kind, policy) !== undefined;
      expect({ kind, challenged }).toEqual({ kind, challenged: problems[kind].status === 401 });
    }
  });
});
