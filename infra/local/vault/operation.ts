/** An operation of the vault as data: its route, its permission, its action. */
import type { Permission } from "./access.ts";
import type { KeyRing } from "./key-ring.ts";

/** `version` is empty if the path names none, which means the newest one. */
export type Call = { name: string; version: string; body: string };
export type Vault = { url: string; keys: KeyRing };
export type Reply = { status: number; body?: unknown };

export type Operation = {
  name: string;
  /** Matches a method and a path. */
  route: RegExp;
  permission: Permission;
  handle(call: Call, vault: Vault): Promise<Reply> | Reply;
};

const keyName = "(?<name>[0-9a-zA-Z-]{1,127})";
const version = "(?<version>[0-9a-f]{32})";

/** `route`: `POST /keys/{name}/{version}/wrapkey` accepts an empty version, as the SDK sends it. */
export const operation = (
  name: string,
  permission: Permission,
  route: string,
  handle: Operation["handle"],
): Operation => ({
  name,
  permission,
  route: new RegExp(`^${route.replace("{name}", keyName).replace("{version}", `${version}?`)}$`),
  handle,
});

export const ok = (body: unknown): Reply => ({ status: 200, body });
