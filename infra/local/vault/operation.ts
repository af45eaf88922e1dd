/** An operation of the vault as data: its route, its permission, its action. */
import type { Permission } from "./access.ts";
import type { KeyRing } from "./key-ring.ts";

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
