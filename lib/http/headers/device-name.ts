/** The Device-Name header: the owner's name for the uploading device. The body has no room for it. */
import type { HttpRequest } from "@azure/functions";
import { DeviceName } from "../../domain/device.ts";
import { invalid } from "../../domain/failure.ts";

/** Visible ASCII and spaces, which a header carries unchanged. */
const PLAIN = /^[\x20-\x7e]*$/;

/**
 * Decodes percent-encoded UTF-8, as encodeURIComponent makes it. The body is the document and URLs name
 * nobody (R34), so a header has the name. Fails as `invalid-request`.
 */
export function readDeviceName({ headers }: HttpRequest): string | undefined {
  const encoded = headers.get("device-name");
  if (encoded === null) return undefined;
  const { data: name, error } = DeviceName.safeParse(decode(encoded));
  if (error) throw invalid("Device-Name", error.issues[0]?.message ?? "is no name");
  return name;
}

function decode(encoded: string): string {
  const refusal = invalid("Device-Name", "must be percent-encoded UTF-8, as encodeURIComponent makes it");
  if (!PLAIN.test(encoded)) throw refusal;
  try {
    return decodeURIComponent(encoded);
  } catch (error) {
    if (error instanceof URIError) throw refusal;
    throw error;
  }
}
