/** App settings: groups, and the bounded place for an app's own settings. */
import { describe, expect, it } from "vitest";
import { AppSettings } from "../../../lib/domain/backup/app-settings.ts";
import { encodeDocument } from "../../../lib/domain/backup/document.ts";
import { parse } from "../../../lib/http/pipeline/parse.ts";
import { refusalOf } from "../refusals.ts";

const read = (text: string) => parse(AppSettings, JSON.parse(text), "body");
const faultsOf = (text: string) =>
  (refusalOf(() => read(text)).details.errors ?? []).map(({ at, detail }) => [at, detail]);
const custom = (members: object | string) =>
  `{"custom":${typeof members === "string" ? members : JSON.stringify(members)}}`;
const keys = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, at) => [`key.${at}`, at]));

describe("R1 settings of the app's own", () => {
  it("R1 texts, numbers and booleans come back exactly, also texts that look like something else", () => {
    const own = {
      "a-b.c": "\u0000 \n 🔑 __proto__ {}",
      half: 0.5,
      huge: 1e300,
      minus: -7,
      no: false,
      none: "",
      yes: true,
    };
    expect(read(custom(own))).toStrictEqual({ custom: own });
    expect(read(custom({}))).toStrictEqual({ custom: {} });
  });

  it("R1 the order in which they are sent doesn't change the stored bytes", () => {
    const texts = ['{"b":1,"a":2,"c.d":3,"10":4,"9":5}', '{"9":5,"c.d":3,"a":2,"10":4,"b":1}'];
    const [one, other] = texts.map((text) => encodeDocument({ accounts: [], settings: read(custom(text)) }));
    expect(one).toEqual(other);
    expect(Object.keys(read(custom('{"z":1,"a":2,"m":3}')).custom ?? {})).toEqual(["a", "m", "z"]);
  });

  it("R1 takes values at the limits", () => {
    expect(Object.keys(read(custom(keys(100))).custom ?? {})).toHaveLength(100);
    expect(read(custom({ ["k".repeat(64)]: "x".repeat(1024) })).custom).toBeDefined();
    const full = Object.fromEntries(Array.from({ length: 16 }, (_, at) => [`k${at + 10}`, "x".repeat(1014)]));
    expect(JSON.stringify(full).length).toBeLessThanOrEqual(16_384);
    expect(read(custom(full)).custom).toStrictEqual(full);
  });

  const called = "must be named with 1 to 64 of the characters a-z, 0-9, dot and dash";
  const renamed = "must have another name: every object already has this one";
  const finite = "must be a finite number";
  const typed = "must be text, a number, true or false";
  it.each([
    ["101 members", custom(keys(101)), "", "must have at most 100 members"],
    ["a list", custom("[]"), "", "must be an object"],
    ["nothing", custom("null"), "", "must be an object"],
    [
      "17 KiB",
      custom(Object.fromEntries(Array.from({ length: 17 }, (_, at) => [`k${at}`, "x".repeat(1020)]))),
      "",
      "must have at most 16384 bytes as JSON",
    ],
    [
      "a text of 1,025 characters",
      custom({ a: "x".repeat(1025) }),
      "/a",
      "must have at most 1024 characters",
    ],
    ["a capital in a key", custom({ A: 1 }), "/A", called],
    ["an empty key", custom({ "": 1 }), "/", called],
    ["a key of 65 characters", custom({ ["a".repeat(65)]: 1 }), `/${"a".repeat(64)}`, called],
    ["an underscore", custom({ a_b: 1 }), "/a_b", called],
    ["__proto__", custom('{"__proto__":{"polluted":1}}'), "/__proto__", called],
    ["constructor", custom('{"constructor":1}'), "/constructor", renamed],
    ["prototype", custom('{"prototype":1}'), "/prototype", renamed],
    ["a number that is too large to be one", custom('{"a":1e999}'), "/a", finite],
    ["one that is too small", custom('{"a":-1e999}'), "/a", finite],
    ["null", custom('{"a":null}'), "/a", typed],
    ["a list in it", custom('{"a":[1]}'), "/a", typed],
    ["an object in it", custom('{"a":{"b":1}}'), "/a", typed],
  ])("R1 refuses %s, and says so", (_, text, at, detail) => {
    expect(faultsOf(text)).toEqual([[`/custom${at}`, detail]]);
    expect({ polluted: "polluted" in {} }).toEqual({ polluted: false });
  });
});

describe("R1 groups", () => {
  it("R1 come back exactly, with members by id or by place", () => {
    const groups = [
      { name: "Work", order: 2, members: ["3ae6f1ad-2e65-4ed2-a953-1ec0dff2386d", 0, 999] },
      { name: "Empty", members: [] },
      { name: "Work", order: -1 },
    ];
    expect(read(JSON.stringify({ groups }))).toStrictEqual({ groups });
  });

  it.each([
    ["no name", [{}], "/0/name"],
    ["an empty name", [{ name: "" }], "/0/name"],
    ["a member that is no id", [{ name: "a", members: ["a b"] }], "/0/members/0"],
    ["a place beyond all accounts", [{ name: "a", members: [1000] }], "/0/members/0"],
    ["half an order", [{ name: "a", order: 0.5 }], "/0/order"],
    ["a colour", [{ name: "a", colour: "red" }], "/0/colour"],
  ])("R1 refuses %s", (_, groups, at) => {
    expect(faultsOf(JSON.stringify({ groups })).map(([place]) => place)).toEqual([`/groups${at}`]);
  });
});
