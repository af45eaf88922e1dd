/** The public pages: their answers, their caching, and that none of their links is broken. */
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, inject, it } from "vitest";
import { problemHelp } from "../../../lib/http/problems/help.ts";
import { problems } from "../../../lib/http/problems/problems.ts";
import { builtPages, replyWithPage } from "../../../lib/http/replies/built-pages.ts";
import { aPhone } from "../../support/phones.ts";
import { problemIn } from "../helpers.ts";

const kinds = Object.keys(problems).toSorted();
const paths = ["docs", "problems", ...kinds.map((kind) => `problems/${kind}`)];

async function get(path: string, headers: Record<string, string> = {}) {
  const reply = await fetch(`${inject("surroundings").api}/${path}`, { headers });
  return { status: reply.status, headers: reply.headers, text: await reply.text() };
}

/** A page's link targets, and its anchors. */
const linksIn = (text: string) => [...text.matchAll(/href="([^"]*)"/g)].map(([, link = ""]) => link);
const placesIn = (text: string) => new Set([...text.matchAll(/ id="([^"]*)"/g)].map(([, id = ""]) => id));

describe.concurrent.each(paths)("GET %s", (path) => {
  it("R40 R41 answers anyone a whole page, with a policy that allows only its own style", async () => {
    const { status, headers, text } = await get(path);
    expect(status).toBe(200);
    expect(headers.get("content-type")).toBe("text/html; charset=utf-8");
    expect(text).toMatch(/^<!doctype html>\n<html lang="en">/);
    expect(text.match(/<h1>/g)).toHaveLength(1);
    expect(text).not.toMatch(/<script|<img|<link|<iframe| style=| on[a-z]+=|undefined|\[object /);
    const [, style = ""] = /<style>(.*?)<\/style>/s.exec(text) ?? [];
    const hash = await crypto.subtle.digest("SHA-256", Buffer.from(style));
    expect(headers.get("content-security-policy")).toBe(
      `default-src 'none'; style-src 'sha256-${Buffer.from(hash).toString("base64")}'; ` +
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    );
    expect(headers.get("referrer-policy")).toBe("no-referrer");
  });

  it("R40 R41 may be cached, and answers 304 for its ETag, weak or strong, alone or among others", async () => {
    const { headers } = await get(path);
    const etag = headers.get("etag") ?? "";
    expect(headers.get("cache-control")).toBe("no-cache");
    for (const known of [etag, `W/${etag}`, `"other", ${etag}`, "*"]) {
      const again = await get(path, { "if-none-match": known });
      expect({ known, status: again.status, text: again.text, etag: again.headers.get("etag") }).toEqual({
        known,
        status: 304,
        text: "",
        etag,
      });
    }
    expect((await get(path, { "if-none-match": '"other"' })).status).toBe(200);
  });

  it("R40 R41 has no broken link", async () => {
    const { text } = await get(path);
    const { api } = inject("surroundings");
    for (const link of new Set(linksIn(text))) {
      const url = new URL(link, `${api}/${path}`);
      if (!url.href.startsWith(`${api}/`)) {
        expect(link).toMatch(/^https:\/\/(www\.rfc-editor\.org|datatracker\.ietf\.org|semver\.org)/);
        continue;
      }
      const target = await get(url.href.slice(api.length + 1).replace(/#.*/, ""));
      expect({ link, status: target.status }).toEqual({ link, status: 200 });
      if (url.hash) expect(placesIn(target.text), link).toContain(url.hash.slice(1));
    }
  });
});

describe("R41 the page of a problem", () => {
  it.each(kinds)(
    "R41 %s says what happened and what to do, to developers and to the phone's owner",
    async (kind) => {
      const { text } = await get(`problems/${kind}`);
      const { title, status } = problems[kind as keyof typeof problems];
      const shown = text
        .replaceAll(/<[^>]+>/g, "")
        .replaceAll("&#39;", "'")
        .replaceAll("&#34;", '"');
      expect(shown).toContain(title.replace(/\.$/, ""));
      expect(shown).toContain(String(status));
      const { cause, told, advice } = problemHelp[kind as keyof typeof problemHelp];
      for (const sentence of [cause.replaceAll("`", ""), told, advice]) {
        expect(sentence).toMatch(/^[A-Z`].*\.$/s);
        expect(shown).toContain(sentence);
      }
      expect(told + advice).not.toMatch(/`|HTTP|header|token|ETag/);
    },
  );

  it("R41 is where a problem's type leads, at the address that answered it", async () => {
    const reply = await (await aPhone()).call("GET", "v1/backups/android/staleness");
    const { type } = problemIn(reply);
    const page = await fetch(new URL(type, `${inject("surroundings").api}/v1/backups/android/staleness`));
    expect({ type, status: page.status }).toEqual({ type: "/api/problems/device-unknown", status: 200 });
  });

  it("R41 in other letters is the same page; an unknown kind lists all kinds", async () => {
    const { text: known } = await get("problems/busy");
    expect((await get("problems/Busy")).text).toBe(known);
    for (const path of [
      "problems/nothing",
      "problems/constructor",
      "problems/%3Cscript%3E",
      "problems/a%2Fb",
    ]) {
      const { status, text, headers } = await get(path);
      expect({ path, status, keeping: headers.get("cache-control"), etag: headers.get("etag") }).toEqual({
        path,
        status: 404,
        keeping: "no-store",
        etag: null,
      });
      expect(kinds.filter((kind) => !text.includes(`href="${kind}"`))).toEqual([]);
      expect(text).not.toContain("script");
    }
  });

  it("R41 is listed", async () => {
    expect(linksIn((await get("problems")).text)).toEqual([
      "docs",
      ...kinds.map((kind) => `problems/${kind}`),
    ]);
  });
});

it("R41 an unknown address under the reference is told of the reference", async () => {
  const { status, text } = await get("docs/x");
  const { routes, remedy } = JSON.parse(text);
  expect({ status, docs: routes.filter((route: string) => route.endsWith("docs")) }).toEqual({
    status: 404,
    docs: ["GET docs"],
  });
  expect(remedy).toContain("GET docs");
});

describe("the file that holds the pages", () => {
  const built = { styleHash: "sha256-x", pages: { docs: { etag: '"1"', html: "<p>" } } };
  const aFile = async () => pathToFileURL(join(await mkdtemp(join(tmpdir(), "pages-")), "pages.json"));

  it("R40 is read once", async () => {
    const file = await aFile();
    const pages = builtPages(file);
    await writeFile(file, JSON.stringify(built));
    const [first, second] = await Promise.all([pages("docs"), pages("docs")]);
    expect({ first, second }).toEqual({
      first: { ...built.pages.docs, styleHash: "sha256-x" },
      second: first,
    });
    await writeFile(file, "{}");
    expect(await pages("docs")).toEqual(first);
    expect(await pages("toString")).toBeUndefined();
  });

  it("R40 is tried again after a failed read", async () => {
    const file = await aFile();
    const pages = builtPages(file);
    await expect(pages("docs")).rejects.toThrow("ENOENT");
    await writeFile(file, JSON.stringify(built));
    expect((await pages("docs"))?.html).toBe("<p>");
  });

  it("R40 without the requested page is a fault of ours", async () => {
    await expect(replyWithPage(async () => undefined, "docs", [])).rejects.toThrow(
      "No page was built for docs",
    );
  });
});
