/** Wraps and unwraps data keys. An expired version only unwraps; a disabled one does neither. */
import * as z from "zod";
import { parseBody } from "../loopback-server.ts";
import { keyId } from "./bundle.ts";
import { type Call, type Operation, ok, operation, type Vault } from "./operation.ts";
import { badParameter, forbidden } from "./refusal.ts";
import { unwrap, wrap } from "./rsa.ts";
import { epochSeconds, type KeyVersion } from "./stored-key.ts";

const WrapBody = z.object({ alg: z.literal("RSA-OAEP-256"), value: z.string() });

export const wrapOperations: readonly Operation[] = [
  operation("wrapKey", "wrapKey", "POST /keys/{name}/{version}/wrapkey", wrapDataKey),
  operation("unwrapKey", "unwrapKey", "POST /keys/{name}/{version}/unwrapkey", unwrapDataKey),
];

async function wrapDataKey(call: Call, vault: Vault) {
  const version = usableVersion(call, vault, "wrapKey");
  assertInItsTime(version);
  const { value } = parseBody(WrapBody, call.body, badParameter);
  return answer(call, vault, version, await wrap(version.jwk, decode(value)));
}

async function unwrapDataKey(call: Call, vault: Vault) {
  const version = usableVersion(call, vault, "unwrapKey");
  const { value } = parseBody(WrapBody, call.body, badParameter);
  return answer(call, vault, version, await unwrap(version.jwk, decode(value)));
}

function usableVersion({ name, version }: Call, { keys }: Vault, use: string): KeyVersion {
  const found = keys.findVersion(name, version);
  if (!found.enabled) throw forbidden("KeyDisabled", `Operation ${use} is not allowed on a disabled key.`);
  if (found.operations.includes(use)) return found;
  throw forbidden("KeyOperationForbidden", `Operation ${use} is not permitted on this key.`);
}

function assertInItsTime({ exp }: KeyVersion): void {
  if (exp !== undefined && exp <= epochSeconds())
    throw forbidden("KeyExpired", "Operation wrapKey is not allowed on an expired key.");
}

function decode(value: string): Buffer {
  if (!/^[\w-]+$/.test(value)) throw badParameter("Property 'value' is not valid base64url.");
  return Buffer.from(value, "base64url");
}

const answer = ({ name }: Call, { url }: Vault, { version }: KeyVersion, value: Buffer) =>
  ok({ kid: keyId(url, name, version), value: value.toString("base64url") });
