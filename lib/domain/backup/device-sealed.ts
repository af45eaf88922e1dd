/** Documents that a device has encrypted itself: a compact JWE (RFC 7516 §7.1) that the service stores and can't read (R9). */
import * as z from "zod";

export const DEVICE_SEALED = "application/jose";

const PARTS = /^([\w-]+)\.([\w-]*)\.([\w-]+)\.([\w-]*)\.([\w-]+)$/;

/** RFC 7516 §4.1: what it was encrypted with. `none` isn't encrypted at all. */
const Header = z.looseObject({
  alg: z.string().regex(/^(?!none$)/i),
  enc: z.string().min(1),
  zip: z.never().optional(),
});

/**
 * The content is opaque; only its form is checked. RFC 8725 §3.6: compressed before encryption is refused.
 */
export const DeviceSealed = z
  .string()
  .refine(isJwe, "must be a compact JWE (RFC 7516 §7.1) with alg and enc, not compressed");

function isJwe(text: string): boolean {
  const [, header = ""] = PARTS.exec(text) ?? [];
  try {
    return Header.safeParse(JSON.parse(Buffer.from(header, "base64url").toString())).success;
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}
