/** Opens a stored version as a recovery does. */
import type { Version, VersionStore } from "../../lib/domain/head.ts";
import type { Place } from "../../lib/domain/owner.ts";

export const openVersionIn = async (
  versions: VersionStore,
  place: Place,
  version: Version,
  kept?: Buffer,
): Promise<Buffer> => await (await versions.read(place, version)).open(kept);
