/** The pages in a browser: readable, in both themes, on phone and desktop. Skipped without Chromium. */
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { problems } from "../../../lib/http/problems/problems.ts";
import { findingsOn, launch, noBrowser, overflowOf } from "../../support/browser.ts";

if (noBrowser) process.stderr.write(`Pages aren't looked at in a browser: ${noBrowser}\n`);

const THEMES = ["light", "dark"] as const;
const WIDTHS = [390, 1280];
const kinds = Object.keys(problems);

describe.skipIf(noBrowser)("in a browser", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(() => browser.close());

  /** Collects the page's complaints, such as a style that its policy blocks. */
  async function open(path: string, width: number) {
    const page = await browser.newPage({ viewport: { width, height: 844 } });
    const complaints: string[] = [];
    page.on("console", (message) => complaints.push(message.text()));
    page.on("pageerror", (error) => complaints.push(error.message));
    const reply = await page.goto(`${inject("surroundings").api}/${path}`);
    const isExpected = (text: string) => reply?.status() === 404 && text.includes("404");
    return { page, complaints: () => complaints.filter((text) => !isExpected(text)) };
  }

  it.each(["docs", "problems", "problems/clock-skewed", "problems/nothing"])(
    "R40 R41 %s has no finding in either theme, narrow or wide, and never scrolls sideways",
    async (path) => {
      for (const width of WIDTHS) {
        const { page, complaints } = await open(path, width);
        await page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true })");
        for (const colorScheme of THEMES) {
          await page.emulateMedia({ colorScheme });
          expect({ width, colorScheme, found: await findingsOn(page) }).toEqual({
            width,
            colorScheme,
            found: [],
          });
        }
        const seen = { width, overflow: await overflowOf(page), complaints: complaints() };
        expect(seen).toEqual({ width, overflow: 0, complaints: [] });
        await page.close();
      }
    },
    60_000,
  );

  it("R41 no page of a problem has one", async () => {
    const { page, complaints } = await open("problems", 390);
    for (const kind of kinds) {
      await page.goto(`${inject("surroundings").api}/problems/${kind}`);
      for (const colorScheme of THEMES) {
        await page.emulateMedia({ colorScheme });
        expect({ kind, colorScheme, found: await findingsOn(page) }).toEqual({
          kind,
          colorScheme,
          found: [],
        });
      }
      expect({ kind, overflow: await overflowOf(page) }).toEqual({ kind, overflow: 0 });
    }
    expect(complaints()).toEqual([]);
  }, 120_000);

  it("R40 the reference differs by day and by night, and keeps its contents in sight if there is room", async () => {
    const { page } = await open("docs", 1280);
    const colours = [];
    for (const colorScheme of THEMES) {
      await page.emulateMedia({ colorScheme });
      colours.push(await page.evaluate<string>("getComputedStyle(document.body).backgroundColor"));
    }
    expect(new Set(colours).size).toBe(2);
    await page.evaluate("document.getElementById('shapes').scrollIntoView()");
    const visible = async () => ({
      contents: await page.locator(".side").isVisible(),
      menu: await page.locator(".top summary").isVisible(),
    });
    expect(await visible()).toMatchObject({ contents: true });
    await page.setViewportSize({ width: 390, height: 844 });
    expect(await visible()).toEqual({ contents: false, menu: true });
    await page.close();
  });
});
