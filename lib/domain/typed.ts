/** What people type on keyboards around the world, or copy with what stands around it. */

/** Other scripts' digits stand in Unicode ten by ten, each ten from its zero on. */
function digitValue(digit: string): string {
  const point = digit.codePointAt(0) ?? 0;
  let before = 0;
  while (/\p{Nd}/u.test(String.fromCodePoint(point - before - 1))) before++;
  return String(before % 10);
}

/** Every script's digits as ASCII's: ٣ and ३ are 3. */
export const withPlainDigits = (text: string): string => text.replaceAll(/[^\P{Nd}0-9]/gu, digitValue);

/**
 * Marks that turn or join the text around them and can't be seen; copied along from contacts and messages.
 */
const INVISIBLE = /[\p{Cf}\p{Default_Ignorable_Code_Point}]/gu;

export const withoutInvisible = (text: string): string => text.replaceAll(INVISIBLE, "");

/**
 * Spaces of any kind, dashes, quotes, brackets and sentence marks; minus, `<`, `>`, backtick and acute accent
 * do for some of them.
 */
const AROUND = /[\p{Z}\p{Cc}\p{P}\u2212<>`´]/gu;

/** Only letters and digits say anything in a code, wherever the rest stands. */
export const codeTyped = (text: string): string =>
  withPlainDigits(withoutInvisible(text).replaceAll(AROUND, ""));
