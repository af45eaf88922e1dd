/** Envelopes that clients store: only exactly the one that was handed out is accepted. */
import { describe, expect, it } from "vitest";
import { planRestore } from "../../../lib/domain/backup/backup.ts";
import { envelopeOf, sealedContent } from "../../../lib/domain/backup/custody.ts";
import { aHead, anId, aVersion, now, sha256Bytes, stored } from "../builders.ts";
import { refusalOf } from "../refusals.ts";

const aKept = (generation: number) =>
  aVersion({ id: anId(`version ${generation}`), generation, custody: "client" });

/** 32 bytes: in base64url, the last character has unused bits. */
const sealed = sha256Bytes("sealed");
const version = aKept(12);
const head = aHead({ generation: 12, versions: [version, aKept(11)] });
const kindOf = (envelope: string) => refusalOf(() => sealedContent(head, version, envelope)).kind;

describe("R5 R39 an envelope", () => {
  it("R5 opens as it was handed out", () => {
    expect(sealedContent(head, version, envelopeOf(version, sealed))).toEqual(sealed);
  });

  it("R39 F8 is refused, or is other content, with any character changed", () => {
    const envelope = envelopeOf(version, sealed);
    const contentAt = envelope.lastIndexOf(".") + 1;
    for (let at = 0; at < envelope.length; at++) {
      for (const letter of "0123456789ABCXYZabcxyz-_.= ") {
        if (letter === envelope[at]) continue;
        const changed = `${envelope.slice(0, at)}${letter}${envelope.slice(at + 1)}`;
        const mayBeContent = at >= contentAt && /[\w-]/.test(letter);
        expect(mayBeContent ? ["other", "unreadable"] : ["unreadable"], changed).toContain(
          outcomeOf(changed),
        );
      }
    }
  });

  it("R39 of another generation than its version's is refused", () => {
    for (const generation of [1, 11, 13, 999]) {
      expect(kindOf(envelopeOf({ ...version, generation }, sealed))).toBe("envelope-unreadable");
    }
    expect(kindOf(envelopeOf({ ...aKept(11), generation: 12 }, sealed))).toBe("envelope-unreadable");
    expect(kindOf(envelopeOf(aKept(11), sealed))).toBe("envelope-outdated");
  });

  it("R30 of a version that was restored, even twice, names its first generation", () => {
    let held = stored(head);
    for (let times = 0; times < 2; times++) {
      const { id: versionId } = aKept(11);
      const restoring = planRestore(held, { replaces: held.etag }, { versionId, historyLength: 2, now });
      held = stored("next" in restoring ? restoring.next : head);
    }
    const [restored = version] = held.value.versions;
    expect(restored.generation).toBe(14);
    expect(sealedContent(held.value, restored, envelopeOf(aKept(11), sealed))).toEqual(sealed);
    const failure = refusalOf(() => sealedContent(held.value, restored, envelopeOf(restored, sealed)));
    expect(failure.kind).toBe("envelope-unreadable");
  });
});

/** `other`: it parses as other sealed content, whose tag won't match. */
function outcomeOf(envelope: string): string {
  const read = () => (sealedContent(head, version, envelope)?.equals(sealed) ? "same" : "other");
  try {
    return read();
  } catch {
    return refusalOf(read).kind === "envelope-unreadable" ? "unreadable" : "outdated";
  }
}
