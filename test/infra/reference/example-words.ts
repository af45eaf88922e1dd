/** Replaces values that change from run to run by the examples' words: times, ids, codes, local addresses. */
import { createHash } from "node:crypto";
import { inject } from "vitest";

/** When the story of the examples begins. */
const BEGINS = Date.parse("2026-01-05T08:00:00Z");
const SVG =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 53 53" shape-rendering="crispEdges">…</svg>';
const TICKETS = [
  "H18H-WPHK-GVPN-QNQV-P575-EAB5-V9JS",
  "7K2M-X0TD-9QZC-4HVA-W8RN-5BEJ-1FGP",
  "PD4W-0JXR-T6YB-2MCK-H9ZA-8QVN-G3E5",
];

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/;
const ETAG = /^"[^"]+"$/;
const ID = /^(?:[\w-]{22}|[\w-]{43})$/;
const TICKET = /[0-9A-Z]{4}(?:-[0-9A-Z]{4}){6}/g;
const ENVELOPE = /^(1\.\d+)\.([\w-]{22})\.[\w-]+$/;
const KEY_ID = /http:\/\/[\d.]+:\d+\/keys\/([\w-]+)\/\w+/g;

/**
 * Members with values that the tests set, so that they never change: fingerprints, public keys, challenges.
 */
const KEPT: ReadonlySet<string> = new Set(["fingerprint", "x", "y", "challenge", "signature", "sealed"]);

/** The same real word always becomes the same word of the examples, in whatever order they come. */
export class ExampleWords {
  readonly #begins: number;
  readonly #known = new Map<string, string>();
  #ids = 0;
  #tickets = 0;

  constructor(now: Date) {
    this.#begins = Math.floor(now.getTime() / 1000) * 1000;
    const { api, issuer } = inject("surroundings");
    this.learn(api, "https://backup.example/api").learn(issuer, "https://login.example");
  }

  /** From now on `word` replaces `real` anywhere in a text. */
  learn(real: string, word: string): this {
    this.#known.set(real, word);
    return this;
  }

  /** Replaces words in a whole request or reply. */
  of(value: unknown, member = ""): unknown {
    if (typeof value === "string") return this.#text(value, member);
    if (Array.isArray(value)) return value.map((each) => this.of(each, member));
    if (typeof value !== "object" || value === null) return value;
    const entries = Object.entries(value).map(([name, each]) => [this.#text(name, ""), this.of(each, name)]);
    return Object.fromEntries(entries);
  }

  #text(text: string, member: string): string {
    if (KEPT.has(member)) return text;
    if (TIME.test(text)) return this.#time(text);
    if (text.startsWith("<!doctype html>")) return pageOf(text);
    if (member === "svg") return SVG;
    if (member === "code" && /^\d{6}$/.test(text)) return "069311";
    if (ETAG.test(text)) return `"${this.#id(text, 22)}"`;
    if (ID.test(text)) return this.#id(text, text.length);
    const [, before, id = ""] = ENVELOPE.exec(text) ?? [];
    if (before) return `${before}.${this.#id(id, 22)}.c2VhbGVkIGNvbnRlbnQgb2YgdGhlIHZlcnNpb24…`;
    return this.#parts(text);
  }

  #time(text: string): string {
    const seconds = Math.floor((Date.parse(text) - this.#begins) / 1000);
    return new Date(BEGINS + seconds * 1000).toISOString();
  }

  #id(real: string, length: number): string {
    const known = this.#known.get(real);
    if (known !== undefined) return known;
    this.#ids += 1;
    const id = createHash("sha256").update(`example ${this.#ids}`).digest("base64url").slice(0, length);
    this.learn(real, id);
    return id;
  }

  #parts(text: string): string {
    const plain = text
      .replaceAll(TICKET, (ticket) => this.#ticket(ticket))
      .replaceAll(KEY_ID, "https://backup-vault.vault.azure.net/keys/$1/5f1c0d2e9b7a4c3d8e6f0a1b2c3d4e5f")
      .replaceAll(/(otpauth:.*secret=)[A-Z2-7]+/g, "$1JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP");
    const longestFirst = [...this.#known].toSorted(([a], [b]) => b.length - a.length);
    return longestFirst.reduce((told, [real, word]) => replaced(told, real, word), plain);
  }

  #ticket(real: string): string {
    const known = this.#known.get(real) ?? TICKETS[this.#tickets++] ?? real;
    this.learn(real, known);
    return known;
  }
}

/** As it is, and as it is written in addresses. */
const replaced = (text: string, real: string, word: string): string =>
  text.replaceAll(real, word).replaceAll(encodeURIComponent(real), encodeURIComponent(word));

/** A page's first lines are enough to recognize it. */
const pageOf = (html: string): string => `${/^[\s\S]*?<\/title>/.exec(html)?.[0] ?? ""}\n…\n</html>\n`;
