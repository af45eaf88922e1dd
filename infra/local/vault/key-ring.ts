/** The vault's keys in memory, written to a file after every change. */
import * as z from "zod";
import { readPrivateJson, writePrivateJson } from "../private-file.ts";
import { keyNotFound } from "./refusal.ts";
import { type KeyVersion, StoredKey } from "./stored-key.ts";

const KeyFile = z.object({ keys: z.array(StoredKey) });

export type KeyRing = {
  peek(name: string): StoredKey | undefined;
  /** Fails as KeyNotFound if there is no such key. */
  find(name: string): StoredKey;
  /** The newest version if `version` is empty. */
  findVersion(name: string, version: string): KeyVersion;
  put(key: StoredKey): void;
  save(): void;
};

export function openKeyRing(dataFile: string | undefined): KeyRing {
  const stored = dataFile ? readPrivateJson(dataFile, KeyFile) : undefined;
  const keys = new Map(stored?.keys.map((key) => [key.name, key]));

  const save = () => {
    if (dataFile) writePrivateJson(dataFile, { keys: [...keys.values()] });
  };
  const find = (name: string) => {
    const key = keys.get(name);
    if (!key) throw keyNotFound(name);
    return key;
  };

  return {
    save,
    find,
    peek: (name) => keys.get(name),
    findVersion(name, version) {
      const { versions } = find(name);
      const found = version ? versions.find((each) => each.version === version) : versions.at(-1);
      if (!found) throw keyNotFound(version ? `${name}/${version}` : name);
      return found;
    },
    put(key) {
      keys.set(key.name, key);
      save();
    },
  };
}
