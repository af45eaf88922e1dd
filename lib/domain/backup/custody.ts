/** Who keeps the sealed copy: the service, or the owner's own cloud drive, to which the app puts the envelope it gets (R5). */
import { Failure } from "../failure.ts";
import type { Platform } from "../owner.ts";
import type { Custody, Head, Version } from "./head.ts";

/** As the model does it; either platform may choose either. */
export const defaultCustody = { ios: "client", android: "service" } as const satisfies Record<
  Platform,
  Custody
>;

const ENVELOPE = /^1\.([1-9]\d{0,9})\.([\w-]{22})\.([\w-]+)$/;

/** What the app keeps: which version it is, and its sealed content. */
export const envelopeOf = ({ id, generation }: Pick<Version, "id" | "generation">, sealed: Buffer): string =>
  `1.${generation}.${id}.${sealed.toString("base64url")}`;

/**
 * The generation that its envelope names: restoring makes the version another one, and leaves the envelope as
 * it is.
 */
const sealedAs = (version: Version): number => version.sealedAs ?? version.generation;

/**
 * The sealed content of a version that the client keeps. Fails as `envelope-required`, as `envelope-outdated`
 * if it is that of a former version, or as `envelope-unreadable` for anything else. A version that isn't kept
 * any more is anything else: what its envelope says of itself can only be checked with what was kept, and
 * must not be believed.
 */
export function sealedContent(
  head: Head,
  version: Version,
  envelope: string | undefined,
): Buffer | undefined {
  if (version.custody === "service") return undefined;
  if (envelope === undefined) {
    throw new Failure("envelope-required", "The sealed copy is in the owner's own keeping.");
  }
  const [, generation, id, base64url = ""] = ENVELOPE.exec(envelope) ?? [];
  const former = head.versions.find((each) => each.id === id && sealedAs(each) === Number(generation));
  const sealed = Buffer.from(base64url, "base64url");
  if (!former || sealed.toString("base64url") !== base64url) throw unreadableEnvelope();
  if (former.id === version.id) return sealed;
  throw new Failure("envelope-outdated", "The envelope is that of a former version.", {
    generation: version.generation,
    envelopeGeneration: former.generation,
  });
}

export const unreadableEnvelope = (cause?: unknown) =>
  new Failure("envelope-unreadable", "The envelope can't be opened.", {}, { cause });
