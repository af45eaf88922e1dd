/** Chromium, if installed, and its view of a page: accessibility findings, and sideways scrolling. */
import { existsSync } from "node:fs";
import axe from "axe-core";
import { type Browser, chromium, type Page } from "playwright-core";

const CHROMIUM = process.env["CHROMIUM"] ?? "/usr/bin/chromium";

/** Why tests with a browser are skipped; undefined if they aren't. */
export const noBrowser: string | undefined = existsSync(CHROMIUM)
  ? undefined
  : `There is no ${CHROMIUM}; the variable CHROMIUM names another one.`;

export const launch = (): Promise<Browser> =>
  chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"] });

type Finding = { id: string; nodes: { html: string }[] };

/** One line per finding. Injected by the debugger, as the page's own policy would block any script. */
export async function findingsOn(page: Page): Promise<string[]> {
  if (!(await page.evaluate<boolean>("'axe' in window"))) await page.evaluate(axe.source);
  const violations = await page.evaluate<Finding[]>("axe.run().then(({ violations }) => violations)");
  return violations.map(
    ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(" | ")}`,
  );
}

/** By how many pixels the page is wider than its window. */
export const overflowOf = (page: Page): Promise<number> =>
  page.evaluate<number>("document.documentElement.scrollWidth - window.innerWidth");
