/** A refused document is never quoted: the refusal names places, not values. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BackupDocument } from "../../../lib/domain/backup/document.ts";
import { Failure } from "../../../lib/domain/failure.ts";
import { parse } from "../../../lib/http/pipeline/parse.ts";
import { problemOf } from "../../../lib/http/problems/problem.ts";
import { document } from "../arbitraries.ts";
import { holds } from "../holds.ts";

type Path = (string | number)[];

const MARKER = "canary-7f3a91";
/** Values with the marker that fit no field, or hardly any. */
const bad = fc.constantFrom<unknown>(
  MARKER,
  `${MARKER}\u0000`,
  `${MARKER}\ud800`,
  `${MARKER}\n    at ${MARKER}`,
  MARKER.repeat(100),
  [MARKER],
  [[MARKER], { a: MARKER }],
  { kind: MARKER },
  { kind: "third-party", issuer: MARKER, userName: MARKER, otp: { type: MARKER, secret: MARKER } },
  { kind: "work", issuer: MARKER, tenant: [MARKER], userName: { first: MARKER }, usesPush: MARKER },
  { type: "totp", secret: MARKER, algorithm: MARKER, digits: MARKER, period: MARKER },
);

describe("R34 no value of a refused document is told", () => {
  it("R34 a marker in any place of any document is in no word of the refusal", () => {
    let refused = 0;
    const anywhere = document.filter(({ accounts }) => accounts.length > 0);
    holds(
      fc.property(anywhere, fc.nat(), bad, (any, seed, value) => {
        const plain: unknown = JSON.parse(JSON.stringify(any));
        const places = placesIn(plain);
        const place = places[seed % places.length] ?? [];
        const failure = failureOf(put(plain, place, value));
        if (!failure) return;
        refused += 1;
        expect(wordsOf(failure)).not.toContain(MARKER);
      }),
      1000,
    );
    expect(refused).toBeGreaterThan(700);
  });

  it("R34 neither is the value of an unknown field, at any level", () => {
    holds(
      fc.property(document, fc.nat(), bad, (any, seed, value) => {
        const plain: unknown = JSON.parse(JSON.stringify(any));
        const objects = placesIn(plain).filter((place) => isRecord(at(plain, place)));
        const place = objects[seed % objects.length] ?? [];
        const failure = failureOf(put(plain, [...place, "unknownField"], value));
        expect(failure?.details.errors).toMatchObject([{ at: `/${[...place, "unknownField"].join("/")}` }]);
        expect(wordsOf(failure)).not.toContain(MARKER);
      }),
      500,
    );
  });
});

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function failureOf(value: unknown): Failure | undefined {
  try {
    parse(BackupDocument, value, "body");
    return undefined;
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
}

const wordsOf = (failure: Failure | undefined) =>
  JSON.stringify([failure?.message, failure?.details, failure?.cause, problemOf(failure, "request")]);

/** Every place in a value, the whole value first. */
const placesIn = (value: unknown, path: Path = []): Path[] => [
  path,
  ...(Array.isArray(value) ? value.flatMap((each, index) => placesIn(each, [...path, index])) : []),
  ...(isRecord(value) ? Object.entries(value).flatMap(([key, each]) => placesIn(each, [...path, key])) : []),
];

const at = (value: unknown, path: Path): unknown =>
  path.reduce<unknown>((inner, step) => {
    if (Array.isArray(inner)) return inner[Number(step)];
    return isRecord(inner) ? inner[step] : undefined;
  }, value);

function put(value: unknown, [step, ...rest]: Path, replacement: unknown): unknown {
  if (step === undefined) return replacement;
  if (Array.isArray(value))
    return value.map((each, index) => (index === step ? put(each, rest, replacement) : each));
  return { ...(isRecord(value) ? value : {}), [step]: put(at(value, [step]), rest, replacement) };
}
