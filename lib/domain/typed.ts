/** Normalises what people type on keyboards around the world, or paste with text around it. */

/** In Unicode each script's digits are ten in a row, from its zero. */
function digitValue(digit: string): string {
  const point = digit.codePointAt(0) ?? 0;
  let before = 0;
  while (/\p{Nd}/u.test(String.fromCodePoint(point - before - 1))) before++;
  return String(before % 10);
}

/** Other scripts' digits as ASCII: ٣ and ३ are 3. */
export const withPlainDigits = (text: string): string => text.replaceAll(/[^\P{Nd}0-9]/gu, digitValue);

/** Invisible marks that turn or join text; they come along when copying from contacts and messages. */
const INVISIBLE = /[\p{Cf}\p{Default_Ignorable_Code_Point}]/gu;

export const withoutInvisible = (text: string): string => text.replaceAll(INVISIBLE, "");

/**
 * Spaces of any kind, dashes, quotes, brackets and punctuation; and minus, `<`, `>`, backtick and acute
 * accent, which some people type for them.
 */
const AROUND = /[\p{Z}\p{Cc}\p{P}\u2212<>`´]/gu;

/** Only letters and digits matter in a code, wherever the rest is. */
export const codeTyped = (text: string): string =>
  withPlainDigits(withoutInvisible(text).replaceAll(AROUND, ""));
