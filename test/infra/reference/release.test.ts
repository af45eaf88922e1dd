/** What may change from one version of the document to the next. */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { changesBetween, lint } from "../../../infra/reference/redocly.ts";
import { mayBreak } from "../../../infra/reference/release.ts";
import type { Json } from "../../../infra/reference/schemas.ts";

it("R40 apps are broken only by a new major version, or by a new minor one while the major one is 0", () => {
  const breaking: [string, string][] = [
    ["0.2.0", "0.3.0"],
    ["0.2.7", "1.0.0"],
    ["1.4.2", "2.0.0"],
    ["9.0.0", "10.0.0"],
  ];
  const keeping: [string, string][] = [
    ["0.2.0", "0.2.0"],
    ["0.2.0", "0.2.1"],
    ["0.3.0", "0.2.9"],
    ["1.4.2", "1.5.0"],
    ["1.0.0", "0.9.0"],
    ["2.0.0", "1.9.0"],
  ];
  expect(breaking.filter(([released, next]) => !mayBreak(released, next))).toEqual([]);
  expect(keeping.filter(([released, next]) => mayBreak(released, next))).toEqual([]);
});

it("R40 an invalid version breaks nothing", () => {
  expect(() => mayBreak("0.2.0", "next")).toThrow("next is no version");
  expect(() => mayBreak("", "1.0.0")).toThrow("is no version");
});

describe("redocly compares the document with what was promised", () => {
  const DOCUMENT = "lib/http/openapi.json";
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "release-"));
  });
  afterAll(() => rm(folder, { recursive: true }));

  /** The document with a change. */
  async function changed(change: (schemas: Record<string, Json>, operations: Json) => void): Promise<string> {
    const document = JSON.parse(await readFile(DOCUMENT, "utf8"));
    change(document.components.schemas, document.paths);
    const file = join(folder, "changed.json");
    await writeFile(file, JSON.stringify(document));
    return file;
  }
  const upload = (operations: Json) => Object(operations["/v1/backups/{platform}"]).put;

  it("R40 removing a member from an answer, or requiring one in a request, breaks apps", async () => {
    const without = await changed(
      ({ BackupVersion }) => delete Object(BackupVersion?.["properties"]).sizeBytes,
    );
    expect(changesBetween(DOCUMENT, without).major).toBeGreaterThan(0);
    expect(changesBetween(DOCUMENT, without).told).toContain("sizeBytes");
    const needed = await changed(({ ContactRequest }) => {
      Object(ContactRequest?.["properties"]).name = { type: "string" };
      Object(ContactRequest?.["required"]).push("name");
    });
    expect(changesBetween(DOCUMENT, needed).major).toBeGreaterThan(0);
  });

  it("R40 a new member of an answer, and a new optional one of a request, don't", async () => {
    const added = await changed(({ BackupVersion, ContactRequest }) => {
      Object(BackupVersion?.["properties"]).colour = { type: "string" };
      Object(ContactRequest?.["properties"]).name = { type: "string" };
    });
    expect(changesBetween(DOCUMENT, added).major).toBe(0);
    expect(changesBetween(DOCUMENT, DOCUMENT)).toEqual({ major: 0, minor: 0, patch: 0, told: "" });
  });

  it("R40 an invalid example is an error", async () => {
    expect({ ok: lint(DOCUMENT).ok }).toEqual({ ok: true });
    const wrong = await changed((_, operations) => {
      const { examples } = upload(operations).requestBody.content["application/json"];
      examples["first-upload"].value.notes = "no such member";
    });
    expect(lint(wrong)).toMatchObject({ ok: false, wrote: expect.stringContaining("notes") });
  });
});
