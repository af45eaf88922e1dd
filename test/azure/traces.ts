/** Searches bytes for texts in all their spellings. */

/**
 * The base64 of a text that begins `shift` bytes into a stream, without letters that share bits with its
 * neighbours.
 */
function base64Of(bytes: Buffer, shift: number): string {
  const letters = Buffer.concat([Buffer.alloc(shift), bytes])
    .toString("base64")
    .replaceAll("=", "");
  const isCutOff = (shift + bytes.length) % 3 !== 0;
  return letters.slice(Math.ceil((shift * 8) / 6), isCutOff ? -1 : undefined);
}

/**
 * The spellings of a text: plain, other case, UTF-16, hexadecimal, percent-encoded, base64 at each of three
 * offsets.
 */
function spellingsOf(text: string): Buffer[] {
  const bytes = Buffer.from(text);
  const base64 = [0, 1, 2].map((shift) => base64Of(bytes, shift));
  return [
    ...[
      text,
      text.toUpperCase(),
      text.toLowerCase(),
      encodeURIComponent(text),
      JSON.stringify(text).slice(1, -1),
    ],
    ...[bytes.toString("hex"), bytes.toString("hex").toUpperCase()],
    ...base64,
    ...base64.map((each) => each.replaceAll("+", "-").replaceAll("/", "_")),
  ]
    .map((spelling) => Buffer.from(spelling))
    .concat(Buffer.from(text, "utf16le"));
}

/** Which of these texts occur in any of these contents. */
export const tracesOf = (texts: string[], contents: Buffer[]): string[] =>
  texts.filter((text) =>
    spellingsOf(text).some((spelling) => contents.some((content) => content.includes(spelling))),
  );
