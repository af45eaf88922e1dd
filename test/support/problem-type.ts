/** What a reply comes to, in one word: for objects that tell what somebody got. */
import type { Reply } from "../../infra/local/phone.ts";
import { Problem } from "../../lib/http/problems/problem.ts";

/** The problem's kind, or "done". */
export const typeIn = ({ status, body }: Reply): string =>
  status < 400 ? "done" : (Problem.parse(body).type.split("/").at(-1) ?? "");
