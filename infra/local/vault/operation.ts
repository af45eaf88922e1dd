/** An operation of the vault as data: its route, its permission, its action. */
import * as z from "zod";
import type { Permission } from "./access.ts";
import type { KeyRing } from "./key-ring.ts";
import { badParameter } from "./refusal.ts";

/** `version` is empty if the path names none, which means the newest one. */
export type Call = { name: string; version: string; body: string };
export type Vault = { url: string; keys: KeyRing };
export type Reply = { status: number; body?: unknown };

export type Operation = {
  name: string;
  method: "GET" | "POST" | "PATCH";
  path: RegExp;
  permission: Permission;
  /** Changes keys: refused while the vault is read-only. */
  writes: boolean;
  handle(call: Call, vault: Vault): Promise<Reply> | Reply;
};

const keyName = "(?<name>[0-9a-zA-Z-]{1,127})";
const version = "(?<version>[0-9a-f]{32})";

/** `path("/keys/{name}/{version}/wrapkey")`: accepts an empty version, as the SDK sends it. */
export const path = (template: string) =>
  new RegExp(`^${template.replace("{name}", keyName).replace("{version}", `${version}?`)}$`);

export const ok = (body: unknown): Reply => ({ status: 200, body });

export function parseBody<S extends z.ZodType>(schema: S, body: string): z.infer<S> {
  const result = schema.safeParse(parseJson(body));
  if (result.success) return result.data;
  const missing = result.error.issues.find(({ message }) => message.endsWith("received undefined"));
  const required = missing && `Property '${missing.path.join(".")}' is required.`;
  throw badParameter(required ?? z.prettifyError(result.error), result.error);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text || "{}");
  } catch (cause) {
    throw badParameter("The request body is not valid JSON.", cause);
  }
}
