/** later */
import type { Report } from "./report.ts";
export async function callsInRounds(report: Report, document: string): Promise<void> {
  report.note(document.slice(0, 0));
}
