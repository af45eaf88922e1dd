/** How input that people write is read, or refused. */
import { expect } from "vitest";
import { refusalOf } from "../domain/refusals.ts";

export const readOrRefused = (read: (text: string) => string, text: string): string => {
  try {
    return read(text);
  } catch {
    return "refused";
  }
};
export const expectRead = (read: (text: string) => string, cases: Record<string, string>) =>
  expect(Object.fromEntries(Object.keys(cases).map((text) => [text, readOrRefused(read, text)]))).toEqual(
    cases,
  );
export const detailOf = (read: (text: string) => string, text: string) =>
  refusalOf(() => read(text)).details.errors?.[0]?.detail;
