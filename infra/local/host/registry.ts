/** The functions that an app registers while it is imported. */
import { randomUUID } from "node:crypto";
import type { Binding, FunctionCallback, FunctionMetadata } from "./core-types.ts";

export interface RegisteredFunction {
  id: string;
  name: string;
  metadata: FunctionMetadata;
  callback: FunctionCallback;
  triggerName: string;
  trigger: Binding;
}

export class FunctionRegistry {
  readonly #functions = new Map<string, RegisteredFunction>();
  #locked = false;

  register(metadata: FunctionMetadata, callback: FunctionCallback): void {
    const { name } = metadata;
    if (this.#locked) throw new Error("A function can only be registered during app startup.");
    if (!isFunctionName(name)) throw new Error(`"${name}" is not a valid function name.`);
    if (this.#functions.has(name)) throw new Error(`A function named "${name}" is already registered.`);
    this.#functions.set(name, { id: randomUUID(), name, metadata, callback, ...triggerOf(metadata) });
  }

  lock(): void {
    this.#locked = true;
  }

  /** All functions in the host's order: by name, ignoring case. */
  inOrder(): RegisteredFunction[] {
    return [...this.#functions.values()].sort((a, b) =>
      a.name.toLowerCase() < b.name.toLowerCase() ? -1 : 1,
    );
  }
}

function isFunctionName(name: string): boolean {
  return /^[a-z][a-z0-9_-]{0,127}$/i.test(name) && name.toLowerCase() !== "host";
}

function triggerOf({
  name,
  bindings,
}: FunctionMetadata): Pick<RegisteredFunction, "triggerName" | "trigger"> {
  const found = Object.entries(bindings).find(([, { type }]) => /trigger$/i.test(type));
  if (!found) throw new Error(`Function "${name}" has no trigger.`);
  return { triggerName: found[0], trigger: found[1] };
}
