/** What validating and encoding the largest allowed document costs before an upload stores it. */
import { randomUUID } from "node:crypto";
import { BackupDocument, encodeDocument } from "../../../lib/domain/backup/document.ts";
import { VALIDATION_MS } from "./budgets.ts";
import { aSecret } from "./owners.ts";
import { milliseconds, type Report } from "./report.ts";
import { median } from "./statistics.ts";

const ENTRIES = 1000;
const ROUNDS = 31;

/** Half of the entries share their names with others; all have ids and groups. */
function aFullDocument(): unknown {
  const accounts = Array.from({ length: ENTRIES }, (_, at) => ({
    kind: "third-party",
    id: randomUUID(),
    issuer: `Issuer ${at % 40}`,
    group: `Group ${at % 20}`,
    userName: at % 2 === 0 ? "admin" : `user-${at}@mail.example`,
    otp: { type: "totp", secret: aSecret(), algorithm: "SHA1", digits: 6, period: 30 },
  }));
  const groups = Array.from({ length: 20 }, (_, at) => ({
    name: `Group ${at}`,
    order: at,
    members: accounts.filter((__, index) => index % 20 === at).map(({ id }) => id),
  }));
  return { accounts, settings: { groups, custom: { "view.mode": "compact", "tap.reveal": true } } };
}

/** The median time of one document, in milliseconds. */
function validation(): number {
  const document = aFullDocument();
  const times = Array.from({ length: ROUNDS }, () => {
    const startedAt = performance.now();
    encodeDocument(BackupDocument.parse(document));
    return performance.now() - startedAt;
  });
  return median(times);
}

export function decisions(report: Report): void {
  const took = validation();
  report.heading("Decisions, in one process");
  report.table(
    ["", "p50", "budget"],
    [
      [
        `a document of ${ENTRIES} entries with ids and groups: held against the schema, encoded`,
        milliseconds(took),
        report.verdict(took, VALIDATION_MS),
      ],
    ],
  );
}
