/** Addresses of contacts: checked, and written in the one way that two of them can be compared in. */
import { phone } from "phone";
import * as z from "zod";
import { invalid } from "../domain/failure.ts";

const Email = z.email().max(254);

/** The domain doesn't know case (RFC 5321 §2.4). Fails as `invalid-request`. */
export function emailAddress(text: string): string {
  const parsed = Email.safeParse(text.trim());
  if (!parsed.success) throw invalid("/address", "must be an e-mail address, such as anna@example.com");
  const at = parsed.data.lastIndexOf("@");
  return parsed.data.slice(0, at) + parsed.data.slice(at).toLowerCase();
}

/** E.164, of a network that takes messages. Fails as `invalid-request`. */
export function phoneNumber(text: string): string {
  const { phoneNumber: number } = phone(/^\+[\d ().-]{6,24}$/.test(text) ? text : "");
  if (number) return number;
  throw invalid("/address", "must be a mobile number with its country code, such as +46701234567");
}

/** Of a number that `phoneNumber` wrote: "46" for Sweden. */
export const callingCodeOf = (number: string): string => phone(number).countryCode?.slice(1) ?? "";
