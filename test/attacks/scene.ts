/** What attacks are tried on: two instances on one storage, a queue that waits, a contact who reads. */
import { expect } from "vitest";
import type { Reply } from "../../infra/local/phone.ts";
import { HOUR, later } from "../../lib/domain/clock.ts";
import { Failure } from "../../lib/domain/failure.ts";
import type { Delivery } from "../../lib/domain/messages/delivery.ts";
import type { Message, Messenger } from "../../lib/domain/messages/messenger.ts";
import { type App, type AppOptions, anApp } from "../support/app.ts";
import { aBackup, anAccount, nothingYet } from "../support/builders.ts";
import { aHeldQueue } from "../support/held-queue.ts";
import { anOwner, aPhone, type CheckedPhone, signInAt } from "../support/phones.ts";
import { idIn, recoveredIn } from "../support/step-up.ts";

export type Stage = Awaited<ReturnType<typeof aStage>>;

/** `another`: a fresh instance. `deliver`: until the queue is empty, or that many messages. */
export async function aStage() {
  const queue = await aHeldQueue();
  let time = new Date();
  const clock = () => time;
  const another = (options: AppOptions = {}) =>
    anApp({ clock, ...options, settings: { ...queue.settings, ...options.settings } });
  const [waiting, read]: [string[], Message[]] = [[], []];
  const mail = { failing: 0 };
  const messenger: Messenger = {
    async send(message) {
      if (mail.failing-- > 0) throw new Failure("messages-unavailable", "The mail service is down.");
      read.push(message);
    },
  };
  const seen = () => {
    waiting.push(...queue.take());
    return waiting;
  };
  const deliver = async (by: App, most = Number.POSITIVE_INFINITY): Promise<Delivery["outcome"][]> => {
    const outcomes: Delivery["outcome"][] = [];
    while (outcomes.length < most && seen().length > 0) {
      const { outcome } = await by.deliver(waiting.shift(), messenger);
      outcomes.push(outcome);
    }
    return outcomes;
  };
  const pass = (milliseconds: number) => {
    time = later(time, milliseconds);
  };
  return { hosts: [another(), another()] as const, another, clock, pass, deliver, seen, read, mail, queue };
}

/**
 * The owner's phone, with a backup and a contact who has read what came so far; the cooling-off is over.
 */
export async function aVictim(stage: Stage, language = "en") {
  const [host] = stage.hosts;
  const owner = anOwner();
  const phone = await aPhone({ owner, app: host });
  const document = aBackup([anAccount()]);
  const uploaded = await phone.call("PUT", "v1/backups/android", { body: document, headers: nothingYet });
  expect(uploaded.status).toBe(201);
  const address = `canary-${crypto.randomUUID()}@mail.example`;
  const added = await phone.call("POST", "v1/contacts", { body: { channel: "email", address, language } });
  await stage.deliver(host);
  const code = /\b\d{6}\b/.exec(stage.read.at(-1)?.text ?? "")?.[0];
  const confirmed = await phone.call("POST", `v1/contacts/${idIn(added)}/confirm`, { body: { code } });
  expect(confirmed.status).toBe(200);
  await stage.deliver(host);
  stage.read.length = 0;
  stage.pass(100 * HOUR);
  await phone.signIn(owner, signInAt(stage.clock()));
  return { owner, phone, document, contact: idIn(added) };
}
export type Victim = Awaited<ReturnType<typeof aVictim>>;

/** Whoever knows the password, on a phone of their own. */
export const aThief = ({ hosts: [host] }: Stage, { owner }: Victim): Promise<CheckedPhone> =>
  aPhone({ owner, app: host });

/** Whether the reply holds the secrets of the victim's accounts. */
export const hasSecrets = (reply: Reply, { document }: Victim): boolean =>
  reply.status === 200 &&
  JSON.stringify(recoveredIn(reply).accounts[0]?.account) === JSON.stringify(document.accounts[0]);

/** The subjects, each message once, as the mail service sends what it is given twice. */
export const subjectsRead = ({ read }: Stage): string[] => [
  ...new Map(read.map(({ id, subject }) => [id, subject])).values(),
];

export const linkRead = ({ read }: Stage): string =>
  /https?:\S+\/v1\/alarms\/\S+/.exec(read.map(({ text }) => text).join("\n"))?.[0] ??
  expect.fail("no link was sent");

export async function follow(by: App, link: string, method = "GET") {
  const response = await by.fetch(link, { method, headers: { "content-length": "0" } });
  return { status: response.status, html: await response.text() };
}
