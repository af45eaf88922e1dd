/** The app's hooks: kept by name, run one after another in the order they were registered. */
import { Disposable, type HookCallback } from "./core-types.ts";
import { unknownHook } from "./system-error.ts";

const names = ["appStart", "appTerminate", "preInvocation", "postInvocation", "log"] as const;
type HookName = (typeof names)[number];

export class Hooks {
  /** Shared by all hooks of the app. */
  readonly appHookData = {};
  readonly #callbacks = new Map<string, HookCallback[]>(names.map((name) => [name, []]));

  register(name: string, callback: HookCallback): Disposable {
    const callbacks = this.#callbacks.get(name);
    if (!callbacks) throw unknownHook(name);
    callbacks.push(callback);
    return new Disposable(() => {
      const index = callbacks.indexOf(callback);
      if (index >= 0) callbacks.splice(index, 1);
    });
  }

  async run(name: HookName, context: object): Promise<void> {
    for (const callback of this.#callbacks.get(name) ?? []) await callback(context);
  }

  /** Log hooks are synchronous: they may change the line before it is written. */
  runLog<T extends object>(context: T): T {
    for (const callback of this.#callbacks.get("log") ?? []) callback(context);
    return context;
  }
}
