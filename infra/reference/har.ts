/** Converts recorded test traffic, one exchange per line, into a HAR (HTTP Archive 1.2). */
import * as z from "zod";

const Pairs = z.array(z.strictObject({ name: z.string(), value: z.string() }));
const Exchange = z.strictObject({
  request: z.strictObject({
    method: z.string(),
    path: z.string().startsWith("/api/"),
    headers: Pairs,
    body: z.string().optional(),
  }),
  response: z.strictObject({ status: z.int(), headers: Pairs, text: z.string() }),
});
export type Exchange = z.infer<typeof Exchange>;
type Pairs = z.infer<typeof Pairs>;

export const exchangesIn = (lines: string): Exchange[] =>
  lines
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => Exchange.parse(JSON.parse(line)));

export const harOf = (exchanges: Exchange[]): string =>
  JSON.stringify({
    log: { version: "1.2", creator: { name: "tests", version: "1" }, entries: exchanges.map(entryOf) },
  });

const typeIn = (headers: Pairs) => headers.find(({ name }) => name === "content-type")?.value ?? "";
/** Stands in for whichever instance the tests called. */
export const SERVER = "https://backup.example/api";
const urlOf = (path: string) => new URL(path, SERVER);
const NOT_SAID = { cookies: [], headersSize: -1, bodySize: -1, httpVersion: "HTTP/1.1" };

const entryOf = ({ request, response }: Exchange) => ({
  startedDateTime: "2026-01-05T08:00:00.000Z",
  time: 0,
  timings: { send: 0, wait: 0, receive: 0 },
  cache: {},
  request: {
    ...NOT_SAID,
    method: request.method,
    url: urlOf(request.path).href,
    headers: request.headers,
    queryString: [...urlOf(request.path).searchParams].map(([name, value]) => ({ name, value })),
    ...(request.body !== undefined && {
      postData: { mimeType: typeIn(request.headers), text: request.body },
    }),
  },
  response: {
    ...NOT_SAID,
    status: response.status,
    statusText: "",
    headers: response.headers,
    redirectURL: "",
    content: { size: response.text.length, mimeType: typeIn(response.headers), text: response.text },
  },
});
