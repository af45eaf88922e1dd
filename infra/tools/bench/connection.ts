/** A bare kept-alive HTTP/1.1 connection: writes prepared bytes and reads one answer at a time. */
import { connect, type Socket } from "node:net";

export type Answer = { status: number; etag: string | undefined; body: Buffer };

const END_OF_HEAD = "\r\n\r\n";

export class Connection {
  readonly #socket: Socket;
  #received: Buffer = Buffer.alloc(0);
  #waiting: PromiseWithResolvers<Answer> | undefined;

  static async open(origin: string): Promise<Connection> {
    const { hostname, port } = new URL(origin);
    const socket = connect({ host: hostname, port: Number(port), noDelay: true });
    await new Promise<void>((resolve, reject) => {
      socket.once("connect", resolve).once("error", reject);
    });
    return new Connection(socket);
  }

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on("data", (chunk) => this.#take(chunk));
    socket.on("error", (error) => this.#waiting?.reject(error));
    socket.on("close", () => this.#waiting?.reject(new Error("the connection was closed")));
  }

  /** `head` ends with the last header's line break. Rejects if the connection ends before the answer does. */
  async send(head: string, body: string): Promise<Answer> {
    if (this.#socket.destroyed) throw new Error("the connection was closed");
    this.#waiting = Promise.withResolvers();
    this.#socket.write(`${head}\r\n${body}`);
    return await this.#waiting.promise;
  }

  close(): void {
    this.#waiting = undefined;
    this.#socket.destroy();
  }

  #take(chunk: Buffer): void {
    this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk]);
    const answer = parseAnswer(this.#received);
    if (!answer) return;
    this.#received = Buffer.alloc(0);
    this.#waiting?.resolve(answer);
  }
}

/** Undefined while part of it is missing. */
export function parseAnswer(bytes: Buffer): Answer | undefined {
  const end = bytes.indexOf(END_OF_HEAD);
  if (end < 0) return undefined;
  const head = bytes.toString("latin1", 0, end);
  const rest = bytes.subarray(end + END_OF_HEAD.length);
  const body = /\ntransfer-encoding: *chunked/i.test(head) ? joined(rest) : cutAt(rest, lengthIn(head));
  return body && { status: Number(head.slice(9, 12)), etag: /\netag: *(.*)/i.exec(head)?.[1]?.trim(), body };
}

const lengthIn = (head: string) => Number(/\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? 0);

const cutAt = (bytes: Buffer, length: number) =>
  bytes.length < length ? undefined : bytes.subarray(0, length);

function joined(bytes: Buffer): Buffer | undefined {
  const chunks: Buffer[] = [];
  for (let at = 0; ; ) {
    const line = bytes.indexOf("\r\n", at);
    if (line < 0) return undefined;
    const length = Number.parseInt(bytes.toString("latin1", at, line), 16);
    const next = line + 2 + length + 2;
    if (bytes.length < next) return undefined;
    if (length === 0) return Buffer.concat(chunks);
    chunks.push(bytes.subarray(line + 2, line + 2 + length));
    at = next;
  }
}
