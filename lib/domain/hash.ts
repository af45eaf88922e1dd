/** SHA-256, as the service writes digests. */
import { createHash } from "node:crypto";

/** As unpadded base64url, 43 characters. */
export const sha256 = (data: string | Uint8Array) => createHash("sha256").update(data).digest("base64url");
