/** Request bodies: length, size, type, encoding and nesting, on every endpoint that takes one. */
import { describe, expect, inject, it } from "vitest";
import * as z from "zod";
import { endpoints } from "../../../functions/endpoints.ts";
import type { Reply } from "../../../infra/local/phone.ts";
import {
  type Endpoint,
  isProviderAccess,
  type ProviderAccess,
  takesBody,
} from "../../../lib/http/pipeline/endpoint.ts";
import { replacing } from "../../support/builders.ts";
import { aProviderToken } from "../../support/tokens.ts";
import {
  alreadyNoted,
  anOwnerWithBackup,
  aRegisteredPhone,
  etagOf,
  expectEachRefused,
  expectRefused,
  placesIn,
} from "../helpers.ts";
import { type Raw, rawCall, send } from "../raw.ts";
import { named, sampleOf } from "../requests.ts";
import { storedOf } from "../stored.ts";

const LIMIT = 1_048_576;

async function aRequest(endpoint: Endpoint) {
  const { owner, phone } = await anOwnerWithBackup();
  const second = await aRegisteredPhone(owner);
  const etag = etagOf(await phone.call("GET", "v1/backups/android"));
  await alreadyNoted(phone);
  const about = { platform: phone.platform, etag, device: second.deviceId };
  const { path, body, headers = {} } = sampleOf(endpoint, about);
  if (isProviderAccess(endpoint.access)) phone.token = await aProviderTokenFor(endpoint.access);
  const ask = (raw: Raw) =>
    rawCall(phone, endpoint.method, path, { ...raw, headers: { ...headers, ...raw.headers } });
  return { owner, ask, text: JSON.stringify(body) };
}

const aProviderTokenFor = (access: ProviderAccess) =>
  aProviderToken("contoso-sign-in", access.replace("provider:", ""));

/** The body was read and understood, whatever the reply. */
function expectTaken({ status, body }: Reply): void {
  const aboutBody = /invalid-request|body|length|media-type/;
  if (status >= 400) expect(problemTypeIn(body)).not.toMatch(aboutBody);
}

const problemTypeIn = (body: unknown) => z.looseObject({ type: z.string() }).parse(body).type;

const typed = (type: string | string[] | undefined) => ({ headers: { "content-type": type } });

describe.concurrent.each(named(endpoints.filter(takesBody)))("%s", (_, endpoint) => {
  /** An envelope is a third longer than what it seals. */
  const limit = endpoint.takes.envelope ? Math.ceil((LIMIT * 4) / 3) + LIMIT : LIMIT;

  it("R7 refuses an empty body and one without a length; neither counts as an empty document", async () => {
    const { owner, ask, text } = await aRequest(endpoint);
    await expectEachRefused(owner, "body-required", {
      "no bytes": () => ask({ body: "" }),
      "no bytes, no type": () => ask({ body: "", ...typed(undefined) }),
    });
    await expectEachRefused(owner, "length-required", {
      chunked: () => ask({ body: text, chunked: true }),
      "chunked and empty": () => ask({ body: "", chunked: true }),
      nothing: () => ask({}),
    });
  });

  it("R32 takes a body of 1 MiB, and none that is a byte longer", async () => {
    const { owner, ask, text } = await aRequest(endpoint);
    await expectEachRefused(owner, "body-too-large", {
      "a byte too long": () => ask({ body: text.padEnd(limit + 1 - excess(text)) }),
    });
    expectTaken(await ask({ body: text.padEnd(limit - excess(text)) }));
  });

  it("R1 takes JSON in UTF-8, and no other type or charset", async () => {
    const { owner, ask, text } = await aRequest(endpoint);
    const json = "application/json";
    const sealed = endpoint.takes.jwe ? [] : ["application/jose"];
    const types = [undefined, "", "text/plain", ...sealed, "application/problem+json", "*/*"];
    const charsets = ["iso-8859-1", "utf-16", "utf8"].map((name) => `${json}; charset=${name}`);
    const others = [`${json}, ${json}`, `${json}x`, `${json}; charset=utf-8; charset=utf-16`];
    const calls = [...types, ...charsets, ...others, [json, json]].map(
      (type) => [String(type), () => ask({ body: text, ...typed(type) })] as const,
    );
    await expectEachRefused(owner, "unsupported-media-type", Object.fromEntries(calls));
    const type = `Application/JSON ;charset = "UTF-8"`;
    expectTaken(await ask({ body: text, ...typed(type) }));
  });

  it("R41 refuses anything but JSON in UTF-8, without quoting it", async () => {
    const { owner, ask, text } = await aRequest(endpoint);
    const bodies = {
      "a word": "canary",
      "cut off": text.slice(0, -1),
      "with a rest": `${text}x`,
      "a comma too many": `${text.slice(0, -1)},}`,
      "a raw control character": `{"name":"canary\n"}`,
      "no UTF-8": Buffer.from(`{"name":"\xe9"}`, "latin1"),
      "half a character": Buffer.concat([Buffer.from(text), Buffer.from([0xc3])]),
      "an encoded surrogate": Buffer.concat([
        Buffer.from('{"name":"'),
        Buffer.from([0xed, 0xa0, 0x80]),
        Buffer.from('"}'),
      ]),
      "UTF-16": Buffer.from(text, "utf16le"),
      "1 MiB of opening brackets": "[".repeat(LIMIT),
      spaces: "   ",
      "a zero byte": "\0",
    };
    const calls = Object.entries(bodies).map(([name, body]) => [name, () => ask({ body })] as const);
    const told = await expectEachRefused(owner, "invalid-request", Object.fromEntries(calls));
    for (const problem of told) expect(placesIn(problem)).toEqual(["body"]);
  });

  it("R41 refuses endless nesting", async () => {
    const { owner, ask, text } = await aRequest(endpoint);
    const deep = "[".repeat(LIMIT / 4) + "]".repeat(LIMIT / 4);
    await expectRefused(owner, "invalid-request", () => ask({ body: deep }));
    const inside = `${text.slice(0, -1)},"deep":${deep}}`;
    const problem = await expectRefused(owner, "invalid-request", () => ask({ body: inside }));
    expect(placesIn(problem)).toEqual(["/deep"]);
  });
});

describe("the host", () => {
  it.each([
    ["PUT", "v1/backups/android"],
    ["POST", "v1/recoveries"],
  ])(
    "R32 R42 leaves %s %s to the app up to its own limit; above it answers an empty 500",
    async (...call) => {
      const most = Number(inject("surroundings").settings["FUNCTIONS_REQUEST_BODY_SIZE_LIMIT"]);
      const { owner, phone, uploaded } = await anOwnerWithBackup();
      await alreadyNoted(phone);
      const raw = (bytes: number): Raw => ({ body: " ".repeat(bytes), headers: replacing(uploaded) });
      await expectRefused(owner, "body-too-large", () => rawCall(phone, ...call, raw(most)));
      const before = await storedOf(owner);
      const cutOff = await send(phone, ...call, raw(most + 1));
      expect(cutOff).toMatchObject({ status: 500, body: undefined });
      expect(cutOff.headers.get("x-request-id")).toBeNull();
      expect(await storedOf(owner)).toEqual(before);
    },
  );
});

/** How many more bytes than characters it has. */
const excess = (text: string) => Buffer.byteLength(text) - text.length;
