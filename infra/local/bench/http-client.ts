/** Sends prepared requests over kept-alive connections, with as little of its own as possible. */
import { Agent, request } from "node:http";
import type { Prepared } from "../phone.ts";

const agent = new Agent({ keepAlive: true, maxSockets: 64 });

export type Answer = { status: number; etag: string };

/** Rejects if the answer isn't a success. */
export async function send({ url, method, headers, body }: Prepared): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const length = body === undefined ? {} : { "content-length": Buffer.byteLength(body) };
  const sent = request(url, { method, headers: { ...headers, ...length }, agent }, (response) => {
    response.resume();
    response.on("error", reject);
    response.on("end", () => {
      const status = response.statusCode ?? 0;
      if (status < 300) resolve({ status, etag: response.headers.etag ?? "" });
      else reject(new Error(`${method} ${url} answered ${status}`));
    });
  });
  sent.on("error", reject);
  sent.end(body);
  return await promise;
}
