/** The guide's instructions for developers work as written. */

import type { webcrypto } from "node:crypto";
import { readFileSync } from "node:fs";
import { runInThisContext } from "node:vm";
import { expect, inject, it } from "vitest";
import { aPhone } from "../../support/phones.ts";

const GUIDE = readFileSync("infra/pages/GUIDE.md", "utf8");

type ProofFor = (
  keys: webcrypto.CryptoKeyPair,
  method: string,
  url: string,
  token: string,
) => Promise<string>;

it("R17 R40 the function that makes a proof makes one that is accepted", async () => {
  const [, code = ""] = /^```js\n(.*?)^```$/ms.exec(GUIDE) ?? [];
  const proofFor: ProofFor = runInThisContext(`(${code})`);
  const keys = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, false, ["sign"]);
  const { api } = inject("surroundings");
  const { token } = await aPhone();
  const call = async (method: string, path: string, body?: object) => {
    const url = `${api}/${path}`;
    return await fetch(url, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        dpop: await proofFor(keys, method, url, token),
        "app-version": "android/6.6.0",
        ...(body && { "content-type": "application/json" }),
      },
      ...(body && { body: JSON.stringify(body) }),
    });
  };
  expect((await call("POST", "v1/devices", { platform: "android", name: "Anna's phone" })).status).toBe(201);
  expect((await call("GET", "v1/backups/android/staleness?generation=0")).status).toBe(200);
});
