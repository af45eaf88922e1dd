/** What whoever calls the service must know before the first request. */
export const INTRODUCTION = `An app backs up its accounts here, asks whether the backup can still be relied on, and recovers it on a new device.
The *owner* is the person; they are known only by the account that they sign in with, their *recovery account*.

**Every call of an owner** carries three headers: \`Authorization: Bearer\` with an access token of the recovery account, \`DPoP\` with a proof of the device's key,
made anew for each request, and \`App-Version\`. Calls that hand something out need a fresh sign-in: the token's \`auth_time\` must be of the last ten minutes.

**Writes name the state that they replace**: \`If-Match\` with the ETag of the last answer, or \`If-None-Match: *\` where there is no backup yet. Whoever comes too late gets 412,
reads what is there (\`GET v1/backups/{platform}/document\`), merges, and uploads with the new ETag.

**Refusals are problem documents** (RFC 9457): \`type\` is stable, \`remedy\` says what to do, \`retry\` whether to repeat \`as-is\` (after \`Retry-After\`), \`after-change\` or \`never\`.
A path that there isn't answers \`route-not-found\` (404) with all \`routes\` that there are, a method that a route doesn't take \`method-not-allowed\` (405) with \`Allow\`.

**Every call is safe to repeat**, if the network fails: writes by their precondition, uploads and recoveries by their \`Idempotency-Key\`. Make a new proof for each attempt.

**What may change within v1**: answers may get new members, lists of words (reasons, kinds of activity) new words, and operations new problems. Ignore what you don't know;
what an account or the settings have that you don't know, keep and send back.

Times are UTC (RFC 3339). Characters are counted as UTF-16 units. A body must have a \`Content-Length\` and be UTF-8; bodies larger than about 3.3 MiB get an empty 500 from the host.
Compressed and chunked bodies aren't taken.`;
