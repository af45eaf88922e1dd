/** E-mail addresses of contacts: read in any spelling, and never made into another person's. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { emailAddress } from "../../lib/http/address.ts";
import { holds } from "../domain/holds.ts";
import { detailOf, expectRead, readOrRefused } from "./reading.ts";

describe("R19 e-mail addresses", () => {
  it("R19 international domains are stored as ASCII", () => {
    expectRead(emailAddress, {
      "info@räucher.example": "info@xn--rucher-bua.example",
      "info@RÄUCHER.example": "info@xn--rucher-bua.example",
      "info@ra\u0308ucher.example": "info@xn--rucher-bua.example",
      "info@xn--rucher-bua.example": "info@xn--rucher-bua.example",
      "info@例え。テスト": "info@xn--r8jz45g.xn--zckzah",
      "info＠ｅｘａｍｐｌｅ．ｃｏｍ": "info@example.com",
      "info@نامه‌ای.com": "info@xn--mgba3gch31f060k.com",
    });
  });

  it("R19 surrounding characters are dropped", () => {
    const anna = "anna@mail.example";
    const typed = [
      ` ${anna}\n`,
      `\u202a${anna}\u202c`,
      `anna@mail.\u00adexample`,
      `mailto:${anna}`,
      `mailto:${anna}?subject=hi`,
      `<${anna}>`,
      `Anna Öst <${anna}>`,
      `"Öst, Anna" <mailto:${anna}>,`,
      `'${anna}'`,
      `“${anna}”.`,
      `${anna}.`,
      `(${anna})`,
      "anna@MAIL.Example",
    ];
    expectRead(emailAddress, Object.fromEntries(typed.map((text) => [text, anna])));
    expectRead(emailAddress, { "mailto:anna%2Bb@mail.example": "anna+b@mail.example" });
  });

  it("R19 an address that could be another person's is refused, and so is anything but an address", () => {
    const typed = [
      "anna smith@mail.example",
      "anna @mail.example",
      "anna@mail.example, bo@mail.example",
      "Anna <anna@mail.example> <bo@mail.example>",
      '"anna b"@mail.example',
      "anna..b@mail.example",
      ".anna@mail.example",
      "anna.@mail.example",
      "anna@",
      "@mail.example",
      "anna",
      "",
      "anna@mail",
      "anna@127.0.0.1",
      "anna@0x7f.1",
      "anna@[127.0.0.1]",
      "anna@mail.example:25",
      "anna@räucher.example/path",
      "anna@räucher.example?x",
      "anna@mail_box.example",
      "anna@-mail.example",
      "mailto:%",
      `${"a".repeat(65)}@mail.example`,
      `a@${"b".repeat(64)}.example`,
      `a@${"b.".repeat(130)}example`,
    ];
    expectRead(emailAddress, Object.fromEntries(typed.map((text) => [text, "refused"])));
  });

  it("R19 says truly why letters before the @ are refused", () => {
    for (const address of ["åsa@mail.example", "ａｎｎａ@mail.example"])
      expect(detailOf(emailAddress, address), address).toMatch(/ASCII/);
    expect(detailOf(emailAddress, "anna@")).toMatch(/e-mail address/);
  });

  const letters = "abcXYZ019!#$%&'*+-/=?^_`{|}~";
  const atom = fc.string({ unit: fc.constantFrom(...letters), minLength: 1, maxLength: 20 });
  const local = fc.array(atom, { minLength: 1, maxLength: 3 }).map((atoms) => atoms.join("."));
  const label = fc
    .stringMatching(/^[a-z]([a-z0-9-]{0,8}[a-z0-9])?$/)
    .filter((text) => !text.startsWith("xn-"));

  it("R19 every local part without quotes is accepted and stored as typed", () => {
    holds(
      fc.property(local, label, (name, domain) => {
        fc.pre(!/^'|^mailto:/i.test(name));
        const address = `${name}@${domain}.example`;
        expect(emailAddress(address)).toBe(address);
        expect(emailAddress(`${name}@${domain}.EXAMPLE`)).toBe(address);
        expect(emailAddress(` <${address}>. `)).toBe(address);
      }),
      1000,
    );
  });

  it("F20 R19 any input is read as an address, the same when read again, or refused", () => {
    const odd = fc.string({ unit: "binary", maxLength: 40 });
    const domains = fc.oneof(
      odd,
      fc.webUrl().map((url) => url.slice(8)),
      fc.domain(),
    );
    holds(
      fc.property(fc.oneof(local, odd), domains, (name, domain) => {
        const read = readOrRefused(emailAddress, `${name}@${domain}`);
        if (read === "refused") return;
        expect(emailAddress(read)).toBe(read);
        expect(read).toMatch(/^[!-?A-~]+@[a-z0-9.-]+$/);
      }),
      2000,
    );
  });

  it("F20 R19 the longest input is read at once", () => {
    const startedAt = performance.now();
    for (const text of [" ", "(", ".", "a.", "<", "'", "@", "¡", "\u202a"])
      readOrRefused(emailAddress, text.repeat(500).slice(0, 500));
    expect(performance.now() - startedAt).toBeLessThan(200);
  });
});
