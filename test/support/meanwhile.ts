/** Runs something else when an app is about to call its storage. */
import type { Blobs } from "../../lib/azure/stores/blobs.ts";
import { between } from "./between.ts";

/** Before each call, one after the other. */
export function meanwhile(work: () => Promise<void>): (blobs: Blobs) => Blobs {
  let last = Promise.resolve();
  return between(async (_, run) => {
    last = last.then(work);
    await last;
    return await run();
  });
}

/** Before the next call that begins with `call` (`write owners/`), once `happens` has set the work. */
export function beforeNext(call: string) {
  let work: (() => Promise<unknown>) | undefined;
  const through = between(async (made, run) => {
    const happening = made.startsWith(call) ? work : undefined;
    if (happening) work = undefined;
    await happening?.();
    return await run();
  });
  const happens = (next: () => Promise<unknown>) => {
    work = next;
  };
  return { through, happens };
}

/** Its next writes of such names come too late, as if other writers always came first. */
export function crowded(prefix: string) {
  const state = { left: 0, writes: 0 };
  const through = (blobs: Blobs): Blobs => ({
    ...blobs,
    async write(name, ...rest) {
      if (!name.startsWith(prefix)) return await blobs.write(name, ...rest);
      state.writes += 1;
      return state.left-- > 0 ? undefined : await blobs.write(name, ...rest);
    },
  });
  return { state, through };
}
