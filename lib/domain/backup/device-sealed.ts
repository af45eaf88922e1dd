/** Documents that a device encrypted itself: a compact JWE (RFC 7516 §7.1), opaque to the service (R9). */
import * as z from "zod";

export const DEVICE_SEALED = "application/jose";

const PARTS = /^([\w-]+)\.([\w-]*)\.([\w-]+)\.([\w-]*)\.([\w-]+)$/;

/** RFC 7516 §4.1: key and content encryption. `none` doesn't encrypt. */
const Header = z.looseObject({
  alg: z.string().regex(/^(?!none$)/i),
  enc: z.string().min(1),
  zip: z.never().optional(),
});

/** Checks only the form of the opaque content. RFC 8725 §3.6: refuses compression before encryption. */
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
