/** POST v1/step-ups/{id}/answer: a right code or ticket brings the device credential, once (R14, R20-R25). */
import * as z from "zod";
import { isPoint, PushKey } from "../../lib/domain/credentials/credential.ts";
import { invalid } from "../../lib/domain/failure.ts";
import { Id } from "../../lib/domain/id.ts";
import { type Answer, answerStepUp as answerChallenge } from "../../lib/domain/step-up/answer.ts";
import { readTicketCode } from "../../lib/domain/step-up/ticket.ts";
import { Code } from "../../lib/http/code.ts";
import { endpoint } from "../../lib/http/pipeline/endpoint.ts";
import { CodeCredential, PushCredential } from "../../lib/http/replies/recovery-status.ts";

/** Room for a whole activation address with some pasted text around it. */
const MOST_TYPED = 2000;

/** A push credential's private half stays on the device; the client sends only the public half. */
const WantedCredential = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("code") }),
  z.strictObject({
    type: z.literal("push"),
    publicKey: PushKey.refine(isPoint, "must be a point on P-256"),
  }),
]);

const Request = z
  .strictObject({
    code: Code.optional(),
    ticket: z.string().max(MOST_TYPED).optional(),
    credential: WantedCredential.default({ type: "code" }),
  })
  .refine(({ code, ticket }) => (code === undefined) !== (ticket === undefined), {
    path: ["code"],
    error: "must be sent, or `ticket`, but not both",
  });

export const answerStepUp = endpoint({
  name: "answer-step-up",
  summary: "Prove an account and get its device credential",
  method: "POST",
  route: "v1/step-ups/{id}/answer",
  access: "owner",
  request: { params: z.strictObject({ id: Id }), body: Request },
  replies: { 200: z.strictObject({ credential: z.union([CodeCredential, PushCredential]) }) },
  problems: [
    "challenge-not-found",
    "answer-wrong",
    "ticket-invalid",
    "account-bound-elsewhere",
    "too-many-accounts",
    "too-many-tries",
    "busy",
  ],
  async handle({ params: { id }, body: { code, ticket, credential }, ...asking }, services) {
    const { providers, contactCoolingOffHours: coolingOffHours } = services.policy;
    const answering = { id, answer: answerOf(code, ticket), credential, providers, coolingOffHours };
    return { status: 200, body: { credential: await answerChallenge(services, asking, answering) } };
  },
});

function answerOf(code: string | undefined, typed = ""): Answer {
  if (code !== undefined) return { kind: "code", code };
  const ticket = readTicketCode(typed);
  if (ticket) return { kind: "ticket", ticket };
  throw invalid(
    "/ticket",
    "is mistyped: enter the seven groups of four letters and digits under the QR code, or the QR code's whole text",
  );
}
