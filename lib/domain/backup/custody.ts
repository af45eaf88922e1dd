/** Custody: who keeps the sealed copy, the service or the owner's own cloud drive (R5). */
import { Failure } from "../failure.ts";
import type { Platform } from "../owner.ts";
import type { Custody, Head, Version } from "./head.ts";

/** The model's defaults; either platform may choose either. */
export const defaultCustody = { ios: "client", android: "service" } as const satisfies Record<
  Platform,
  Custody
>;

const ENVELOPE = /^1\.([1-9]\d{0,9})\.([\w-]{22})\.([\w-]+)$/;

/** What the app keeps, with client custody: names its version and holds the sealed content. */
export const envelopeOf = ({ id, generation }: Pick<Version, "id" | "generation">, sealed: Buffer): string =>
  `1.${generation}.${id}.${sealed.toString("base64url")}`;

/**
 * The generation in the version's envelope: a restore changes the version's generation, but not the
 * envelope's.
 */
const sealedAs = (version: Version): number => version.sealedAs ?? version.generation;

/**
 * The sealed content from the client's envelope; undefined with service custody. Fails as
 * `envelope-required`, as `envelope-outdated` for a former version's envelope, or as `envelope-unreadable`
 * for any other. An envelope of a version outside the history is unreadable, too: nothing stored can verify
 * what it says.
 */
export function sealedContent(
  head: Head,
  version: Version,
  envelope: string | undefined,
): Buffer | undefined {
  if (version.custody === "service") return undefined;
  if (envelope === undefined) {
    throw new Failure(
      "envelope-required",
      "The owner keeps the sealed copy of this backup: the request must bring its envelope.",
    );
  }
  const [, generation, id, base64url = ""] = ENVELOPE.exec(envelope) ?? [];
  const former = head.versions.find((each) => each.id === id && sealedAs(each) === Number(generation));
  const sealed = Buffer.from(base64url, "base64url");
  if (!former || sealed.toString("base64url") !== base64url) throw unreadableEnvelope();
  if (former.id === version.id) return sealed;
  throw new Failure("envelope-outdated", "The envelope belongs to a former version.", {
    generation: version.generation,
    envelopeGeneration: former.generation,
  });
}

export const unreadableEnvelope = (cause?: unknown) =>
  new Failure("envelope-unreadable", "The envelope can't be opened.", {}, { cause });
