/** Compares the list of promises, RULES.md, with the tests that prove them. */
import { existsSync, globSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";

const ID = /\b[RF][1-9]\d*\b/g;
/** A test name begins with the ids of the rules it proves. */
const NAME = /(?<=["`])(?:[RF][1-9]\d* )+/g;

const read = (file: string) => readFileSync(file, "utf8");
const idsIn = (text: string) => [...new Set(text.match(ID))];
const proofsIn = (file: string) => idsIn(read(file).match(NAME)?.join("") ?? "");

const rows = [...read("test/RULES.md").matchAll(/^\| ([RF]\d+) \|.*\|(.*)\|$/gm)].map(
  ([, id = "", proof = ""]) => ({
    id,
    isPlanned: proof.trim() === "planned",
    files: [...proof.matchAll(/`([^`]+)`/g)].map(([, file = ""]) => file),
  }),
);
const listed = new Set(rows.map(({ id }) => id));

const tests = globSync("test/**/*.{test,long,alone}.ts");
const proven = new Set(tests.flatMap(proofsIn));

it("every id that code or a test cites is listed", () => {
  const files = globSync("{lib,functions,infra,test}/**/*.ts");
  const unlisted = files.map((file) => [file, idsIn(read(file)).filter((id) => !listed.has(id))] as const);
  expect({ unlisted: Object.fromEntries(unlisted.filter(([, ids]) => ids.length > 0)) }).toEqual({
    unlisted: {},
  });
});

it("every promise is in the name of a test, and nothing planned is listed as proven", () => {
  expect({
    listedTwice: rows.filter(({ id }, index) => rows.findIndex((row) => row.id === id) !== index),
    unproven: rows.filter(({ id, isPlanned }) => !(isPlanned || proven.has(id))).map(({ id }) => id),
    withoutFile: rows.filter(({ isPlanned, files }) => isPlanned === files.length > 0).map(({ id }) => id),
  }).toEqual({ listedTwice: [], unproven: [], withoutFile: [] });
});

it("every listed file exists, and proves its rule in a test's name", () => {
  const proofs = rows.flatMap(({ id, files }) => files.map((file) => ({ id, file })));
  const there = proofs.filter(({ file }) => existsSync(file));
  expect({
    missing: proofs.filter(({ file }) => !existsSync(file)),
    silent: there.filter(({ id, file }) => !(tests.includes(file) && proofsIn(file).includes(id))),
  }).toEqual({ missing: [], silent: [] });
});

it("every promise of SECURITY.md names tests that are there", () => {
  const security = read(".github/SECURITY.md");
  const [, promised = ""] = security.split(/^## .*$/m);
  const named = [...security.matchAll(/`(test\/[^`]+)`/g)].map(([, file = ""]) => file);
  const promises = promised.split(/^- (?=\*\*)/m).slice(1);
  const files = (promise: string) => [...promise.matchAll(/`(test\/[^`]+)`/g)].map(([, file = ""]) => file);
  expect({
    unproven: promises.filter((promise) => files(promise).length === 0),
    missing: named.filter((file) => !tests.includes(file)),
  }).toEqual({ unproven: [], missing: [] });
  expect(promises.length).toBeGreaterThan(10);
});
