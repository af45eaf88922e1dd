/** If-None-Match of a read: a list of ETags, weak or strong. */
import { expect, it } from "vitest";
import { isKnown, readKnownEtags } from "../../../lib/http/headers/known-etags.ts";
import { aHead, stored } from "../../domain/builders.ts";
import { refusalOf } from "../../domain/refusals.ts";
import { aRequest } from "../requests.ts";

const known = (value?: string) =>
  readKnownEtags(aRequest(value === undefined ? {} : { "if-none-match": value }));

it.each([
  [undefined, []],
  ["*", ["*"]],
  [' "a" ', ['"a"']],
  ['W/"a"', ['"a"']],
  ['"a", W/"b","c,d"', ['"a"', '"b"', '"c,d"']],
])("R44 reads %j", (value, etags) => {
  expect(known(value)).toEqual(etags);
});

it.each(["", "a", '"a', '"a" "b"', 'w/"a"', '"a",', '"a", *', `"${"x".repeat(101)}"`, '"ä"'])(
  "R44 R41 refuses %j, by the header's name",
  (value) => {
    const { details } = refusalOf(() => known(value));
    expect(details.errors).toMatchObject([{ at: "If-None-Match" }]);
  },
);

it("R44 a state is known by the backup's ETag", () => {
  const held = stored(aHead({ tag: "now" }));
  const asked = { now: ['"now"'], any: ["*"], other: ['"other"', '"then"'], none: [] };
  const answers = Object.entries(asked).map(([name, etags]) => [name, isKnown(held.etag, etags)]);
  expect(Object.fromEntries(answers)).toEqual({
    now: true,
    any: true,
    other: false,
    none: false,
  });
});
