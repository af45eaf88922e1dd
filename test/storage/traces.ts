/** Looks for texts in bytes, however they might be written there. */

/** The inner part of the base64 of a text, wherever in the stream it begins. */
const base64Of = (bytes: Buffer, shift: number) =>
  Buffer.concat([Buffer.alloc(shift), bytes])
    .toString("base64")
    .slice(shift === 0 ? 0 : 4, -4);

/** The spellings of a text: as it is, in other letters, in UTF-16, hexadecimal, percent-encoded, base64 at each of three places. */
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

/** Which of these texts are found in any of these contents. */
export const tracesOf = (texts: string[], contents: Buffer[]): string[] =>
  texts.filter((text) =>
    spellingsOf(text).some((spelling) => contents.some((content) => content.includes(spelling))),
  );
