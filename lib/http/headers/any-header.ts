/** Lets requests reach their endpoint even if a header holds characters beyond Latin-1. */

/** No header that we read may hold it, so the endpoint that needs the value refuses it by name. */
const UNREADABLE = "\u00ff";
const BEYOND_BYTES = /[^\0-\u00ff]/g;

/**
 * The host decodes header values as UTF-8, and the Functions library passes them to `Request`, which accepts
 * nothing beyond U+00FF (Fetch, ByteString). It throws before any code of ours runs, and the client gets an
 * empty 500.
 */
export function tolerateNonLatin1Headers(): void {
  const Native = globalThis.Request;
  globalThis.Request = class extends Native {
    constructor(input: ConstructorParameters<typeof Native>[0], init: RequestInit = {}) {
      super(input, isPlain(init.headers) ? { ...init, headers: bytesOnly(init.headers) } : init);
    }
  };
}

const isPlain = (headers: RequestInit["headers"]): headers is Record<string, string> =>
  typeof headers === "object" && Object.getPrototypeOf(headers) === Object.prototype;

const bytesOnly = (headers: Record<string, string>) =>
  Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, value.replaceAll(BEYOND_BYTES, UNREADABLE)]),
  );
