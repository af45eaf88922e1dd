/** Replies to requests that the service must carry out. */
import { expect } from "vitest";
import type { Reply } from "../../infra/local/phone.ts";

export const succeeded = ({ status }: Reply) => status >= 200 && status < 300;

export function expectSuccess(reply: Reply): Reply {
  const { status, body } = reply;
  expect({ status, body, succeeded: succeeded(reply) }).toMatchObject({ succeeded: true });
  return reply;
}
