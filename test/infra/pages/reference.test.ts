/** Operations and schemas in the reference, and the mistakes that fail its build. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { endpoints } from "../../../functions/endpoints.ts";
import { docsPage, operationLinks } from "../../../infra/pages/docs-page.ts";
import { requestExamples } from "../../../infra/pages/examples.ts";
import { type Operation, readDocument, type Schema } from "../../../infra/pages/openapi.ts";
import { members, typeOf } from "../../../infra/pages/schema-view.ts";
import type { Example } from "../../../infra/reference/examples.ts";
import { BackupDocument } from "../../../lib/domain/backup/document.ts";
import { fingerprintOf } from "../../../lib/domain/code-parameters.ts";
import { problems } from "../../../lib/http/problems/problems.ts";

const GUIDE = readFileSync("infra/pages/GUIDE.md", "utf8");
const document = await readDocument(new URL("../../../lib/http/openapi.json", import.meta.url));
const nowhere = () => undefined;
const textOf = (html: string) =>
  html.replaceAll(/<[^>]+>/g, "").replaceAll(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code)));

describe("R40 the reference", () => {
  const page = docsPage(document, GUIDE, nowhere);

  it("R40 has every endpoint, each under a heading of its own, and in the contents", () => {
    const link = operationLinks(document);
    for (const { method, route, summary } of endpoints) {
      const address = link(`${method} ${route}`);
      expect(address, route).toBeDefined();
      expect(page).toContain(`<h3 id="${address?.slice(1)}">${summary.replaceAll("'", "&#39;")}</h3>`);
      expect(page.split(`<a href="${address}">`).length, route).toBeGreaterThan(2);
    }
  });

  it("R40 has an example of every request", () => {
    const sections = page.split("<section ").filter((section) => section.includes('class="route"'));
    expect(sections).toHaveLength(endpoints.length);
    for (const section of sections) {
      const [sent = ""] = section.split("<h4>Comes back</h4>");
      expect(sent).toContain("<summary>Example: ");
    }
  });

  it("R34 R40 shows no tag as text", () => {
    expect(page.match(/&#60;\/?(?:p|a|li|dl|code|pre)&#62;/g)).toBeNull();
  });

  it("R40 uses no anchor twice", () => {
    const ids = [...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
    expect(ids.filter((id, at) => ids.indexOf(id) !== at)).toEqual([]);
  });

  it("R41 lists every problem that some endpoint answers, as a link to its page", () => {
    const missing = Object.keys(problems).filter((kind) => !page.includes(`href="problems/${kind}"`));
    // The guide covers the first two, for unknown routes; the last one occurs where nobody waits for an
    // answer.
    expect(missing).toEqual(["route-not-found", "method-not-allowed", "messages-unavailable"]);
  });

  it("R40 isn't built with a chapter that belongs nowhere, or without any", () => {
    expect(() => docsPage(document, `${GUIDE}\n# Nothing\n\nx`, nowhere)).toThrow("chapter Nothing");
    expect(() => docsPage(document, "", nowhere)).toThrow("no chapters");
  });

  it("R40 isn't built from a document with a broken reference", () => {
    const components = { ...document.components, schemas: {} };
    expect(() => docsPage({ ...document, components }, GUIDE, nowhere)).toThrow("which it doesn't have");
  });
});

describe("R40 a schema in words", () => {
  it.each<[string, Schema, string]>([
    ["a text with limits", { type: "string", minLength: 1, maxLength: 80 }, "text, 1 to 80 characters"],
    ["of one length", { type: "string", minLength: 43, maxLength: 43 }, "text, 43 characters"],
    [
      "a number",
      { type: "integer", minimum: 0, maximum: Number.MAX_SAFE_INTEGER },
      "whole number, at least 0",
    ],
    ["words", { type: "string", enum: ["a", "b", "c"] }, '"a", "b" or "c"'],
    ["a constant", { const: "a" }, '"a"'],
    ["a list", { type: "array", items: { type: "string" }, maxItems: 1000 }, "list of text, up to 1,000"],
    ["exactly", { type: "array", prefixItems: [{ const: "a" }] }, 'list of exactly "a"'],
    ["a name", { $ref: "#/components/schemas/Account" }, "Account"],
    ["one of several", { oneOf: [{ $ref: "#/x/A" }, { type: "null" }] }, "A or null"],
    ["a time", { type: "string", format: "date-time" }, "time (RFC 3339, UTC)"],
    ["a pattern", { type: "string", pattern: "^a$" }, "text, like ^a$"],
    ["a pattern that is described", { type: "string", pattern: "^a$", description: "An a." }, "text"],
    ["anything", {}, "anything"],
  ])("R40 %s", (_, schema, words) => {
    expect(textOf(typeOf(schema).text)).toBe(words);
  });

  it("R40 every member, at any depth, says what it is and whether it may be left out", () => {
    const schema: Schema = {
      type: "object",
      required: ["device"],
      properties: {
        device: { type: "object", properties: { name: { type: "string", description: "Its `name`." } } },
        overlap: { enum: ["refuse", "keep"], default: "refuse" },
      },
    };
    const told = textOf(members(schema, nowhere)?.text ?? "")
      .replaceAll(/\s+/g, " ")
      .trim();
    expect(told).toBe(
      'device object name optional text. Its name. overlap optional "refuse" or "keep"; if left out "refuse"',
    );
  });
});

describe("R40 an example of a request", () => {
  const header = (name: string) => ({ name, in: "header" as const, required: false, schema: {} });
  const operationOf = (access: string): Operation => ({
    operationId: "x",
    tags: ["Backups"],
    summary: "X",
    description: "",
    "x-access": access,
    parameters: [header("If-Match")],
    responses: {},
  });
  const shown = (method: string, access: string, example: Partial<Example>) =>
    requestExamples(
      document.components,
      { method, path: "/v1/things/{platform}", operation: operationOf(access) },
      [{ name: "x", summary: "As it is", status: 200, params: { platform: "a b" }, ...example }],
    ).map(({ text }) => textOf(text).trim());

  it("R40 of an owner's shows the real request, with its own headers and query", () => {
    const sent = { query: { confirm: "yes" }, headers: { "if-match": '"1"' }, body: { a: 1 } };
    expect(shown("put", "owner", { ...sent, params: { platform: "ios" } })).toEqual([
      [
        "Example: As it is",
        "PUT /api/v1/things/ios?confirm=yes HTTP/1.1",
        "Host: backup.example",
        "Authorization: Bearer eyJhbGciOiJSUzI1NiIs…",
        "DPoP: eyJ0eXAiOiJkcG9wK2p3dCIs…",
        "App-Version: ios/5.7.0",
        'If-Match: "1"',
        "Content-Type: application/json",
        "",
        '{\n  "a": 1\n}',
      ].join("\n"),
    ]);
    expect(shown("put", "owner-fresh", { sealed: "a.b.c.d.e" })[0]).toMatch(
      /Content-Type: application\/jose\n\na\.b\.c\.d\.e$/,
    );
  });

  it("R40 of all others is a command", () => {
    const [command = ""] = shown("post", "provider:Codes.Verify", { body: { a: "it's" } });
    expect(command).toContain('curl "$API/v1/things/a%20b" \\\n');
    expect(command).toContain('-H "Authorization: Bearer $TOKEN"');
    expect(command).toContain(`-d '{\n  "a": "it'\\''s"\n}'`);
    const [known = ""] = shown("get", "anonymous", { headers: { "if-match": '"1"' } });
    expect(known).toContain('-H "If-Match: \\"1\\""');
    expect(known).not.toMatch(/-X|Bearer|-d/);
    expect(shown("delete", "anonymous", {})[0]).toContain("curl -X DELETE ");
  });
});

describe("R1 R11 the guide's samples", () => {
  const codes = [...GUIDE.matchAll(/^```json\n(.*?)^```$/gms)].map(([, text = ""]): unknown =>
    JSON.parse(text),
  );

  it("R1 the document is valid", () => {
    const shown = codes.find((code) => BackupDocument.safeParse(code).success);
    expect(BackupDocument.parse(shown).accounts).toHaveLength(7);
  });

  it("R11 the fingerprint is that of the account beside it", () => {
    const fingerprint = fingerprintOf({
      type: "totp",
      secret: "JBSWY3DPEHPK3PXP",
      algorithm: "SHA1",
      digits: 6,
      period: 30,
    });
    expect(GUIDE).toContain(`Its fingerprint is \`${fingerprint}\``);
    expect(codes).toContainEqual([
      "v1",
      "totp",
      "SHA1",
      6,
      30,
      Buffer.from("Hello!\xde\xad\xbe\xef", "latin1").toString("base64url"),
    ]);
  });
});
