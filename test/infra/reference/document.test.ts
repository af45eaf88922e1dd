/** The OpenAPI document: it is current, its examples are valid, and mistakes in it are noticed. */
import { readFile } from "node:fs/promises";
import { describe, expect, inject, it } from "vitest";
import { endpoints } from "../../../functions/endpoints.ts";
import { openApiDocument } from "../../../infra/reference/document.ts";
import { type Example, examplesOf } from "../../../infra/reference/examples.ts";
import type { Json } from "../../../infra/reference/schemas.ts";
import { documentText } from "../../../infra/reference/write-document.ts";
import { type Endpoint, Nothing, problemsOf, takesBody } from "../../../lib/http/pipeline/endpoint.ts";
import { Problem, typeOf } from "../../../lib/http/problems/problem.ts";
import { problems } from "../../../lib/http/problems/problems.ts";
import { named } from "../../functions/requests.ts";
import { Documented } from "../../support/documented.ts";

it("R40 the committed document is generated from the present declarations", async () => {
  const committed = await readFile("lib/http/openapi.json", "utf8");
  const isCurrent = committed === documentText();
  const remedy = "run `npm run document` and commit what it makes";
  expect({ isCurrent, remedy }).toEqual({ isCurrent: true, remedy });
});

it("R40 its version is that of the package", async () => {
  const { version } = JSON.parse(await readFile("package.json", "utf8"));
  expect(openApiDocument({ answers: "open" })).toMatchObject({ openapi: "3.1.1", info: { version } });
});

const replied = ({ status, reply }: Example, { page }: Endpoint) => ({
  status,
  body: reply,
  headers: new Headers({ "content-type": page ? "text/html" : "application/json" }),
});

/** The faults of an example by the document's schemas. */
function faultsOf(document: Json, endpoint: Endpoint, example: Example): string[] {
  const held = new Documented(document);
  const { body, sealed } = example;
  const type = sealed === undefined ? "application/json" : "application/jose";
  const sent = takesBody(endpoint) ? held.requestFaults(endpoint, type, sealed ?? body) : [];
  return [...sent, ...held.replyFaults(endpoint, replied(example, endpoint))];
}

describe.each(named(endpoints))("%s", (name, endpoint) => {
  const examples = examplesOf(name);

  it("R40 has an example of each success, each with its own name", () => {
    const shown = new Set(examples.map(({ status }) => String(status)));
    // Its answer is the document itself.
    const told = Object.keys(endpoint.replies).filter((status) => `${name} ${status}` !== "get-openapi 200");
    expect([...shown].sort()).toEqual(told);
    expect(new Set(examples.map((each) => each.name)).size).toBe(examples.length);
  });

  it("R40 its examples are valid by the declaration and by the document, read by ajv", () => {
    for (const example of examples) {
      const faults = faultsOf(inject("document"), endpoint, example);
      expect({ example: example.name, faults }).toEqual({ example: example.name, faults: [] });
      const { params = {}, query = {}, body, sealed, status, reply } = example;
      endpoint.request.params.parse(params);
      endpoint.request.query.parse(query);
      if (sealed === undefined) endpoint.request.body.parse(body);
      (endpoint.replies[status] ?? Nothing).parse(reply);
    }
  });

  it("R41 lists every problem that it can answer, with a valid example", () => {
    for (const kind of endpoint.page ? [] : problemsOf(endpoint)) {
      const { status } = problems[kind];
      const example = problemExamples().find(({ type }) => type === typeOf(kind));
      const headers = new Headers({ "content-type": "application/problem+json" });
      const held = new Documented(inject("document"));
      const faults = held.replyFaults(endpoint, { status, headers, body: example });
      expect({ kind, faults }).toEqual({ kind, faults: [] });
    }
  });
});

const problemExamples = () =>
  Object.values(schemasIn(inject("document"))).flatMap(({ examples }) =>
    Array.isArray(examples) ? examples.map((each) => Problem.parse(each)) : [],
  );

const schemasIn = (document: Json): Record<string, Json> => Object(document["components"]).schemas;

it("R41 every existing problem has a schema, with its remedy", () => {
  const told = problemExamples().map(({ type, remedy }) => [type, remedy]);
  const all = Object.entries(problems).map(([kind, { remedy }]) => [
    typeOf(kind as keyof typeof problems),
    remedy,
  ]);
  expect(told.sort()).toEqual(all.sort());
});

describe("mistakes in a document are noticed", () => {
  const upload = endpoints.find(({ name }) => name === "upload-backup") ?? expect.fail();
  const [first] = examplesOf("upload-backup");
  const example = first ?? expect.fail();
  const copy = (): Json => structuredClone(inject("document"));

  it("R40 a wrong example of a request or a reply", () => {
    const wrongRequest = { ...example, body: { ...Object(example.body), notes: "no such member" } };
    expect(faultsOf(copy(), upload, wrongRequest)).toEqual([" must NOT have additional properties"]);
    const wrongReply = { ...example, reply: { ...Object(example.reply), current: "yes" } };
    expect(faultsOf(copy(), upload, wrongReply)).toEqual(["/current must be boolean"]);
  });

  it("R40 a missing field", () => {
    const document = copy();
    delete Object(schemasIn(document)["UploadReceipt"]).properties.version;
    expect(faultsOf(document, upload, example)).toContain(" must NOT have additional properties");
  });

  it("R41 an unlisted problem", () => {
    const document = copy();
    const { responses } = Object(document["paths"])["/v1/backups/{platform}"].put;
    delete responses[412];
    const stale = { type: typeOf("stale-precondition"), status: 412 };
    const headers = new Headers({ "content-type": "application/problem+json" });
    const faults = new Documented(document).replyFaults(upload, { status: 412, headers, body: stale });
    expect(faults).toEqual(["the document has no status 412 there"]);
  });
});
