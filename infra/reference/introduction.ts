/** The document's introduction: what a developer must know before the first request. */
export const INTRODUCTION = `An app backs up its accounts here, asks whether it can still rely on the backup, and recovers it on a new device.
The *owner* is the person. The service knows them only by the account that they sign in with, their *recovery account*.

**Every call for an owner** has three headers: \`Authorization: Bearer\` with an access token of the recovery account, \`DPoP\` with a proof by the device's key,
new for each request, and \`App-Version\`. Calls that hand something out need a fresh sign-in: the token's \`auth_time\` must be at most ten minutes ago.

**Writes name the state that they replace**: \`If-Match\` with the ETag of the last answer, or \`If-None-Match: *\` if there is no backup yet. If another device was faster, the answer is 412:
read the current document (\`GET v1/backups/{platform}/document\`), merge, and upload with the new ETag.

**Refusals are problem documents** (RFC 9457): \`type\` is stable, \`remedy\` says what to do, and \`retry\` says whether to repeat \`as-is\` (after \`Retry-After\`), \`after-change\` or \`never\`.
An unknown path gets \`route-not-found\` (404) with all \`routes\`; a method that a route doesn't accept gets \`method-not-allowed\` (405) with \`Allow\`.

**Every call is safe to repeat** if the network fails: writes by their precondition, uploads and recoveries by their \`Idempotency-Key\`. Make a new proof for each attempt.

**What may change within v1**: answers may get new members, enumerations (reasons, kinds of activity) new values, and operations new problems. Ignore what you don't know.
Keep unknown members of accounts and settings, and send them back.

Times are UTC (RFC 3339). Lengths are counted in UTF-16 units. A body must have a \`Content-Length\` and be UTF-8; the host answers bodies larger than about 3.3 MiB with an empty 500.
The service doesn't accept compressed or chunked bodies.`;
