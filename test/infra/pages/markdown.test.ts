/** The markup of the guide and the descriptions: each form once, and no text becomes HTML by itself. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { html } from "../../../infra/pages/html.ts";
import { blocks, inline, slugOf } from "../../../infra/pages/markdown.ts";

const links: Record<string, string> = { "GET v1/backups/{platform}": "#getBackup", busy: "problems/busy" };
const linkTo = (code: string) => links[code];
const block = (text: string) => blocks(text, linkTo).text;
const line = (text: string) => inline(text, linkTo).text;

describe("R40 a line", () => {
  it.each([
    ["`a < b` is code", "<code>a &#60; b</code> is code"],
    ["**bold `x`** and *soft*", "<strong>bold <code>x</code></strong> and <em>soft</em>"],
    ["see [a `b`](#c)", 'see <a href="#c">a <code>b</code></a>'],
    ["`busy` leads there", '<a href="problems/busy"><code>busy</code></a> leads there'],
    [
      "ask GET v1/backups/{platform}.",
      'ask <a href="#getBackup"><code>GET v1/backups/{platform}</code></a>.',
    ],
    ["(GET v1/nowhere)", "(<code>GET v1/nowhere</code>)"],
    ["2 * 3 and a_b_c", "2 * 3 and a_b_c"],
  ])("R40 %s", (text, shown) => {
    expect(line(text)).toBe(shown);
  });
});

describe("R40 a block", () => {
  it.each([
    ["one\nparagraph", "<p>one paragraph</p>"],
    ["one\n\ntwo", "<p>one</p>\n<p>two</p>"],
    ["- a\n  b\n- c", "<ul>\n<li>a b</li>\n<li>c</li>\n</ul>"],
    ["1. a\n2. b", "<ol>\n<li>a</li>\n<li>b</li>\n</ol>"],
    ["```sh\na <b>\n\n# c\n```", "<pre><code>a &#60;b&#62;\n\n# c</code></pre>"],
    ["## What's in it?", '<h3 id="what-s-in-it">What&#39;s in it?</h3>'],
  ])("R40 %j", (text, shown) => {
    expect(block(text)).toBe(shown);
  });

  it("R40 a table names each cell's column, if there are several", () => {
    const two = block("| head | what |\n| --- | --- |\n| a | b |");
    expect(two).toContain('<th scope="col">head</th><th scope="col">what</th>');
    expect(two).toContain('<tr><th scope="row">a</th><td>b</td></tr>');
    const three = block("| | x | y |\n| --- | --- | --- |\n| a | b | |");
    expect(three).toContain('<tr><td></td><th scope="col">x</th>');
    expect(three).toContain('<td data-label="x">b</td><td data-label="y"></td>');
  });
});

it("R34 R40 no text becomes a tag or leaves its attribute", () => {
  fc.assert(
    fc.property(fc.string(), fc.constantFrom("", "- ", "## ", "| ", "```\n", "[a](", "`"), (text, mark) => {
      const shown = block(`${mark}${text}`);
      const tags = shown.match(/<[^>]*>?/g) ?? [];
      for (const tag of tags)
        expect(tag).toMatch(/^<\/?[a-z]+\d?(?: (?:id|href|scope|data-label)="[^"<>]*")*>$/);
    }),
  );
});

it("R40 parts of a template are escaped, lists are joined, nothing gives nothing", () => {
  expect(html`<a title="${'"'}">${["<", html`<b>`, 1]}${undefined}</a>`.text).toBe(
    '<a title="&#34;">&#60;<b>1</a>',
  );
});

it("R40 a heading's anchor is made of its letters", () => {
  expect(slugOf("Step-up: what, now?")).toBe("step-up-what-now");
});
