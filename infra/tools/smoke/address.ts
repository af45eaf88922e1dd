/** Reads the address of a service as a person types it. */

/** This machine: requests to it cross no network. */
const LOOPBACK = new Set(["127.0.0.1", "localhost", "[::1]"]);

const EXAMPLE = "such as https://NAME.azurewebsites.net/api";

/** @throws Error that says what is wrong, without repeating a secret that the text may hold */
export function readAddress(text: string): URL {
  const url = URL.parse(text);
  if (!url || !/^https?:$/.test(url.protocol))
    throw new Error(`That is no address of a service: give its base URL, ${EXAMPLE}.`);
  if (url.username || url.password || url.search || url.hash)
    throw new Error(`Give the base URL alone, ${EXAMPLE}: no user name, no query, no fragment.`);
  url.pathname = url.pathname.replace(/\/*$/, "");
  return url;
}

export const isOnLoopback = ({ hostname }: URL) => LOOPBACK.has(hostname);

/** Without the slash that a bare host's URL ends with. */
export const textOf = (url: URL) => url.href.replace(/\/$/, "");
