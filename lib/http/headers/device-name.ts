/** The Device-Name header: what the owner calls the device that uploads, since the body is the document and URLs name nobody (R34). */
import type { HttpRequest } from "@azure/functions";
import { DeviceName } from "../../domain/device.ts";
import { invalid } from "../../domain/failure.ts";

/** What stands in a header as it is: visible ASCII and spaces. */
const PLAIN = /^[\x20-\x7e]*$/;

/** Percent-encoded UTF-8, as encodeURIComponent makes it. Fails as `invalid-request`. */
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
