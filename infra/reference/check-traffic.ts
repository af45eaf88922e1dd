/** `npm run drift`: holds the traffic of the last `npm run test:long` against the document, and lists what of the document it didn't meet. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { openApiDocument, ROOT } from "./document.ts";
import { exchangesIn, harOf, SERVER } from "./har.ts";
import { redocly } from "./redocly.ts";
import { endWith, say } from "./say.ts";

const local = (name: string) => join(ROOT, ".local", name);
const FILES = {
  recorded: local("traffic.ndjson"),
  har: local("traffic.har"),
  document: local("openapi.closed.json"),
  coverage: local("coverage.json"),
};

const Coverage = z.object({
  operations: z.array(
    z.object({
      method: z.string(),
      path: z.string(),
      missing: z.array(
        z.looseObject({ kind: z.string(), name: z.string().optional(), status: z.string().optional() }),
      ),
    }),
  ),
});
type Operation = z.infer<typeof Coverage>["operations"][number];

function main(): boolean {
  if (!existsSync(FILES.recorded)) {
    say("There is no recorded traffic: run `npm run test:long` first.");
    return false;
  }
  writeFileSync(FILES.har, harOf(exchangesIn(readFileSync(FILES.recorded, "utf8"))));
  writeFileSync(FILES.document, JSON.stringify(openApiDocument({ answers: "closed" }), undefined, 1));
  const where = ["--api", FILES.document, "--server", SERVER];
  const how = [
    "--ignore-headers",
    "dpop",
    "--max-findings",
    "20",
    "--coverage",
    "--coverage-output",
    FILES.coverage,
  ];
  const { ok, wrote } = redocly("drift", FILES.har, ...where, ...how);
  say(wrote);
  if (ok) listMissing();
  return ok && !/documented=0 /.test(wrote);
}

function listMissing(): void {
  const { operations } = Coverage.parse(JSON.parse(readFileSync(FILES.coverage, "utf8")));
  say("\nNot met by the traffic:");
  for (const operation of operations) {
    const what = missingIn(operation);
    if (what) say(`  ${operation.method} ${operation.path.slice(1)}: ${what}`);
  }
  say(`Each member of each body that wasn't met: ${FILES.coverage}`);
}

function missingIn({ missing }: Operation): string {
  if (missing.some(({ kind }) => kind === "operation")) return "the whole operation";
  const listed = (kind: string, words: string) => {
    const found = missing.filter((each) => each.kind === kind);
    const names = found.map(({ name, status }) => name ?? status).join(", ");
    return found.length > 0 ? [`${words} ${names}`] : [];
  };
  const members = missing.filter(({ kind }) => kind === "property").length;
  return [
    ...listed("response", "statuses"),
    ...listed("parameter", "parameters"),
    ...(members > 0 ? [`${members} members`] : []),
  ].join("; ");
}

await endWith(main);
