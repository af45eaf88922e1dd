/** `npm run smoke`: says of each address whether the service is there and as safe as it should be. */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile } from "node:fs/promises";
import { createServer, type RequestListener, type Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { createServer as createNetServer, type Server as NetServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { stripVTControlCharacters } from "node:util";
import { afterEach, describe, expect, inject, it } from "vitest";
import { describeUnreachable } from "../../infra/tools/smoke/unreachable.ts";

const CHECKS = 10;
const opened: NetServer[] = [];

afterEach(() => {
  for (const server of opened.splice(0)) server.close();
});

async function listen(server: NetServer | Server): Promise<string> {
  opened.push(server.listen(0, "127.0.0.1"));
  await once(server, "listening");
  const address = server.address();
  return `127.0.0.1:${address && typeof address === "object" ? address.port : 0}`;
}

const serving = (answer: RequestListener) => listen(createServer(answer));

async function smoke(args: string[], env: Record<string, string> = {}) {
  const child = spawn(process.execPath, ["infra/tools/smoke.ts", ...args], {
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const [[code], stdout, stderr] = await Promise.all([
    once(child, "close"),
    text(child.stdout),
    text(child.stderr),
  ]);
  const lines = stripVTControlCharacters(stdout)
    .split("\n")
    .filter((line) => line !== "");
  return { code, stderr, lines, wrong: lines.filter((line) => line.startsWith("  ✗")) };
}

describe("R42 npm run smoke", () => {
  it.each(["", "/"])("R42 the local stack passes, its address given with %j at its end", async (end) => {
    const { code, lines, wrong, stderr } = await smoke([inject("surroundings").api + end]);
    expect({ code, wrong, stderr }).toEqual({ code: 0, wrong: [], stderr: "" });
    expect(lines).toHaveLength(CHECKS);
    for (const line of lines) expect(line).toMatch(/^ {2}✓ .* \d+ ms/);
  });

  it("R42 a port where nothing listens", async () => {
    const address = await serving(() => undefined);
    await new Promise((closed) => opened.pop()?.close(closed));
    const { code, stderr, lines } = await smoke([`http://${address}/api`]);
    expect({ code, lines: lines.length }).toEqual({ code: 1, lines: 1 });
    expect(stderr).toContain(`Nothing listens at http://${address}/api: is the service running`);
  });

  it("R42 the stack's address without its path", async () => {
    const { code, stderr, wrong } = await smoke([new URL(inject("surroundings").api).origin]);
    expect({ code, wrong: wrong.length }).toEqual({ code: 1, wrong: 1 });
    expect(stderr).toContain("/health answers 404, which isn't this service's. Its base URL ends with /api.");
  });

  it("R42 another service, a redirect, an app that doesn't run, a server of another kind", async () => {
    const page = await serving((_, response) => response.setHeader("content-type", "text/html").end("<p>Hi"));
    const json = await serving((_, response) => response.end('{"status":"fine"}'));
    const moved = await serving((_, response) =>
      response.writeHead(301, { location: "https://x.example/" }).end(),
    );
    const down = await serving((_, response) => response.writeHead(503).end());
    const other = await listen(
      createNetServer((socket) => socket.end("220 mail\r\n").on("error", () => undefined)),
    );
    const said = async (address: string) => {
      const { code, stderr } = await smoke([`http://${address}/api`]);
      expect(code).toBe(1);
      return stderr;
    };
    expect(await said(page)).toContain("answers 200 text/html, which isn't this service's");
    expect(await said(json)).toContain("answers 200, which isn't this service's");
    expect(await said(moved)).toContain("sends on to https://x.example/");
    expect(await said(down)).toContain("answers 503: the app doesn't run there. Its log says why");
    expect(await said(other)).toContain("gives no HTTP answer");
    expect(await said(inject("surroundings").vault.replace("http://", ""))).toContain("isn't this service's");
  });

  it("R42 a service that is well, and unsafe in every other way", async () => {
    const date = new Date(Date.now() - 90_000).toUTCString();
    const address = await serving((_, response) =>
      response
        .setHeader("date", date)
        .setHeader("strict-transport-security", "max-age=60")
        .end('{"status":"ok"}'),
    );
    const { code, stderr, lines, wrong } = await smoke([`http://${address}/api`]);
    expect(code).toBe(1);
    expect(stderr).toContain("8 of 10 did not hold.");
    expect(lines).toHaveLength(CHECKS);
    expect(wrong.join("\n")).toMatch(/max-age=60[\s\S]*off by -(89|9\d)\.\d s: proofs would be refused/);
  });

  it("R42 waits for a service that is still starting", async () => {
    let asked = 0;
    const address = await serving((_, response) => {
      asked += 1;
      response.writeHead(asked < 2 ? 503 : 200).end('{"status":"ok"}');
    });
    const { lines } = await smoke(["--wait", "20", `http://${address}/api`]);
    expect(lines[0]).toMatch(/^ {2}✓ health/);
    expect(asked).toBeGreaterThan(1);
  });

  it.each([
    ["no address at all", "localhost:7071/api", "That is no address of a service"],
    ["a name that nobody has", "https://nobody.invalid/api", "There is no host nobody.invalid"],
    ["a key in the query", "https://x.example/api?code=canary", "Give the base URL alone"],
    ["a password", "https://me:canary@x.example/api", "Give the base URL alone"],
  ])("R42 %s exits 1 and repeats no secret", async (_, url, sentence) => {
    const { code, stderr } = await smoke([url]);
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining(sentence) });
    expect(stderr).not.toContain("canary");
  });

  it.each([[[]], [["a", "b"]], [["--wait", "soon", "a"]], [["--fast", "a"]]])(
    "R42 %j exits 2 with the usage",
    async (args) => {
      const { code, stderr } = await smoke(args);
      expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining("npm run smoke -- ") });
    },
  );
});

/** A certificate for 127.0.0.1 that only clients with its file trust. */
async function aCertificate(days: number) {
  const folder = await mkdtemp(join(tmpdir(), "certificate-"));
  const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")];
  const subject = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"];
  const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
  spawnSync("openssl", [
    "req",
    "-x509",
    ...curve,
    "-days",
    String(days),
    ...subject,
    "-keyout",
    key,
    "-out",
    cert,
  ]);
  return { file: cert, key: await readFile(key), cert: await readFile(cert) };
}

const hasOpenSsl = spawnSync("openssl", ["version"]).status === 0;

describe.skipIf(!hasOpenSsl)("R42 npm run smoke over TLS", () => {
  const behindTls = ({ key, cert }: { key: Buffer; cert: Buffer }) =>
    listen(
      createTlsServer({ key, cert }, async ({ url }, response) => {
        const answer = await fetch(`${new URL(inject("surroundings").api).origin}${url}`);
        const { "transfer-encoding": _, connection: __, ...headers } = Object.fromEntries(answer.headers);
        response.writeHead(answer.status, headers).end(await answer.text());
      }),
    );

  it("R42 a good certificate passes; an untrusted one is named", async () => {
    const certificate = await aCertificate(90);
    const address = await behindTls(certificate);
    const trusting = await smoke([`https://${address}/api`], { NODE_EXTRA_CA_CERTS: certificate.file });
    expect(trusting).toMatchObject({ code: 0, wrong: [] });
    expect(trusting.lines.join("\n")).toMatch(/TLSv1\.3, certificate for (89|90) more days/);
    const { code, stderr } = await smoke([`https://${address}/api`]);
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringContaining("The certificate of 127.0.0.1 can't be trusted."),
    });
  });

  it("R42 a certificate that ends within a week fails", async () => {
    const certificate = await aCertificate(3);
    const { code, wrong } = await smoke([`https://${await behindTls(certificate)}/api`], {
      NODE_EXTRA_CA_CERTS: certificate.file,
    });
    expect({ code, wrong }).toEqual({
      code: 1,
      wrong: [expect.stringMatching(/The certificate ends in [23] days\./)],
    });
  });
});

it("R42 a silent or unknown failure is reported, too", () => {
  const url = new URL("https://x.example/api");
  expect(describeUnreachable(url, new DOMException("", "TimeoutError"))).toContain("didn't answer in time");
  expect(
    describeUnreachable(
      url,
      new Error("fetch failed", { cause: Object.assign(new Error(), { code: "EX" }) }),
    ),
  ).toBe("https://x.example/api can't be reached. (EX)");
});
