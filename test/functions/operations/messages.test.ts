/** Messages: through the queue to people, retried when the mail service fails, never delaying a caller. */
import { InvocationContext } from "@azure/functions";
import { describe, expect, it, vi } from "vitest";
import { deliverMessages } from "../../../functions/operations/deliver-messages.ts";
import { newHead } from "../../../lib/domain/backup/head.ts";
import { HOUR, later, SECOND } from "../../../lib/domain/clock.ts";
import { Failure } from "../../../lib/domain/failure.ts";
import type { Letter, OutboxItem } from "../../../lib/domain/messages/announcement.ts";
import type { Message } from "../../../lib/domain/messages/messenger.ts";
import { DeviceId, type OwnerId, ownerIdOf } from "../../../lib/domain/owner.ts";
import { logInvocation } from "../../../lib/http/pipeline/log.ts";
import { anApp } from "../../support/app.ts";
import { codeIn, linkIn, waitForMessages } from "../../support/mailbox.ts";
import { putHead } from "../../support/owners.ts";
import { anOwner, aPhone } from "../../support/phones.ts";
import { idIn, recover } from "../../support/step-up.ts";
import { anOwnerWithBackup, refused } from "../helpers.ts";

const anAddress = () => `canary-${crypto.randomUUID()}@mail.example`;

describe.concurrent("over HTTP, through queue and mail service", () => {
  it("R18 R19 a code arrives, then the alarm of a recovery in the contact's language, and its link works", async () => {
    const { owner, phone } = await anOwnerWithBackup();
    const address = anAddress();
    const added = await phone.call("POST", "v1/contacts", {
      body: { channel: "email", address, language: "sv" },
    });
    const [mail] = await waitForMessages(address, 1);
    const code = mail ? codeIn(mail) : "";
    expect(mail?.subject).toBe("Din kod");
    expect((await phone.call("POST", `v1/contacts/${idIn(added)}/confirm`, { body: { code } })).status).toBe(
      200,
    );
    const thief = await aPhone({ owner });
    expect((await recover(thief)).status).toBe(200);
    const [alarm] = await waitForMessages(address, 2);
    expect(alarm?.subject).toBe("En ny enhet frågar efter dina konton");
    const link = alarm ? linkIn(alarm) : "";
    expect(await (await fetch(link)).text()).toContain("Det var inte jag");
    expect((await thief.call("GET", "v1/backups")).status).toBe(200);
    expect((await fetch(link, { method: "POST" })).status).toBe(200);
    refused(await thief.call("GET", "v1/backups"), "device-revoked");
    const [notice] = await waitForMessages(address, 3);
    expect(notice?.subject).toBe("En enhet stängdes ute");
  });

  it("R18 R19 a contact that came back is told and logged again when another device removes it", async () => {
    const { owner, phone } = await anOwnerWithBackup();
    const address = anAddress();
    const body = { channel: "email", address, language: "en" };
    const contact = idIn(await phone.call("POST", "v1/contacts", { body }));
    const [mail] = await waitForMessages(address, 1);
    const confirmation = { body: { code: mail ? codeIn(mail) : "" } };
    expect((await phone.call("POST", `v1/contacts/${contact}/confirm`, confirmation)).status).toBe(200);
    const isTold = async (times: number) => {
      const mails = await waitForMessages(address, times * 5);
      const told = mails.filter(({ subject }) => subject === "A contact was removed");
      expect(told).toHaveLength(times);
      return linkIn(told[0] ?? expect.fail("not told"));
    };
    const remove = async (mails: number) => {
      const thief = await aPhone({ owner });
      expect((await recover(thief)).status).toBe(200);
      expect((await thief.call("POST", `v1/contacts/${contact}/code`)).status).toBe(201);
      const mail = (await waitForMessages(address, mails)).find(({ subject }) => subject === "Your code");
      const entered = { body: { code: mail ? codeIn(mail) : "" } };
      expect((await thief.call("POST", `v1/contacts/${contact}/confirm`, entered)).status).toBe(200);
      expect((await thief.call("DELETE", `v1/contacts/${contact}`)).status).toBe(204);
    };
    await remove(3);
    expect((await fetch(await isTold(1), { method: "POST" })).status).toBe(200);
    await remove(8);
    await isTold(2);
    const logged = async () => {
      const { body } = await phone.call("GET", "v1/activity");
      return JSON.stringify(body).split('"contact-removed"').length - 1;
    };
    await vi.waitFor(async () => expect(await logged()).toBe(2), { timeout: 20_000, interval: 50 });
  });

  it("R19 a number gets a text message", async () => {
    const { phone } = await anOwnerWithBackup();
    const address = `+4670${String(Math.floor(Math.random() * 1e7)).padStart(7, "0")}`;
    await phone.call("POST", "v1/contacts", { body: { channel: "phone", address, language: "en" } });
    const [message] = await waitForMessages(address, 1);
    expect(message?.channel).toBe("sms");
    expect(message && codeIn(message)).toMatch(/^\d{6}$/);
  });
});

const owner = (): OwnerId => ownerIdOf({ issuer: "https://messages.example", subject: anOwner() });
/** An owner of whom something is stored: nothing is logged for others. */
async function aKnownOwner(): Promise<OwnerId> {
  const id = owner();
  await putHead(anApp().services.owners, { owner: id, platform: "android" }, newHead(new Date()));
  return id;
}

const aLetter = (now: Date, change: Partial<Letter> = {}): Letter => ({
  type: "letter",
  id: crypto.randomUUID(),
  to: { channel: "email", address: anAddress(), language: "en" },
  kind: "code",
  at: now,
  until: later(now, 600 * SECOND),
  code: "123456",
  tries: 0,
  ...change,
});

/** The messages queued while one item is delivered, by a mail service that fails or not. */
async function delivering(
  item: (now: Date) => OutboxItem,
  {
    fails = false,
    to = owner(),
    settings = {},
  }: { fails?: boolean; to?: OwnerId; settings?: Record<string, string> } = {},
) {
  const put: { item: OutboxItem; delay: number | undefined }[] = [];
  const sent: Message[] = [];
  const now = new Date();
  const outbox = () => ({
    put: async (_: string, next: OutboxItem, delay?: number) => void put.push({ item: next, delay }),
  });
  const { services } = anApp({ clock: () => now, outbox, settings });
  const messenger = {
    async send(message: Message) {
      if (fails) throw new Failure("messages-unavailable", "down");
      sent.push(message);
    },
  };
  const delivery = await deliverMessages(
    { ...services, messenger },
    { owner: to, item: item(now), isOwnerErased: false },
  );
  return { ...delivery, put, sent };
}

describe.concurrent("a letter", () => {
  it("R18 that can't be sent is tried again, later each time", async () => {
    const waits: (number | undefined)[] = [];
    for (const tries of [0, 1, 2, 7, 59]) {
      const { outcome, put } = await delivering((now) => aLetter(now, { tries }), { fails: true });
      expect(outcome).toBe("postponed");
      expect(put[0]?.item).toMatchObject({ tries: tries + 1 });
      waits.push(put[0]?.delay);
    }
    expect(waits).toEqual([30, 60, 120, 3600, 3600]);
  });

  it("R18 is given up in the end: the host then puts it aside, and health counts it", async () => {
    await expect(delivering((now) => aLetter(now, { tries: 100 }), { fails: true })).rejects.toThrow("down");
  });

  it("R24 with a code that has expired isn't sent", async () => {
    const { outcome, sent } = await delivering((now) => aLetter(now, { until: now }));
    expect({ outcome, sent }).toEqual({ outcome: "expired", sent: [] });
  });

  it("R18 R42 that isn't sent is failed work in the log, from the first try until it is too late", async () => {
    const lines: Record<string, unknown>[] = [];
    const logHandler = (_: string, text: unknown) => void lines.push(JSON.parse(String(text)));
    const context = new InvocationContext({ functionName: "deliver-messages", logHandler });
    for (const [change, fails] of [
      [{}, true],
      [{ tries: 1, until: new Date(0) }, false],
      [{}, false],
      [{ until: new Date(0) }, false],
    ] as const)
      await logInvocation(context, "deliver-messages", () =>
        delivering((now) => aLetter(now, change), { fails }),
      );
    expect(lines.map(({ outcome, problem }) => [outcome, problem])).toEqual([
      ["postponed", "messages-unavailable"],
      ["expired", "messages-unavailable"],
      ["sent", undefined],
      ["expired", undefined],
    ]);
    for (const line of lines) expect(line["function"]).toBe("deliver-messages");
  });

  it("F28 R24 to a country whose share is used up stays unsent at every delivery", async () => {
    const to = { channel: "phone" as const, address: "+37253123456", language: "en" as const };
    const broke = { settings: { SMS_DAILY_LIMITS: "372:0,*:1000" } };
    let item: OutboxItem = aLetter(new Date(), { kind: "recovered", to });
    for (const _ of [1, 2, 3]) {
      const { outcome, put, sent } = await delivering(() => item, broke);
      expect({ outcome, sent }).toEqual({ outcome: "postponed", sent: [] });
      item = put[0]?.item ?? expect.fail("lost");
    }
  });

  it("F28 R24 within its share of the budget pays once, however often it is tried", async () => {
    const to = { channel: "phone" as const, address: "+37253123456", language: "en" as const };
    const first = await delivering((now) => aLetter(now, { kind: "recovered", to }), { fails: true });
    const item = first.put[0]?.item ?? expect.fail("lost");
    const again = await delivering(() => item, { settings: { SMS_DAILY_LIMITS: "*:0" } });
    expect({ outcome: again.outcome, sent: again.sent }).toMatchObject({
      outcome: "sent",
      sent: [{ address: to.address }],
    });
  });

  it("R18 has the same id at each try, so that a lost answer sends nothing twice", async () => {
    const ids = [];
    const to = await aKnownOwner();
    for (const tries of [0, 1]) {
      const { sent } = await delivering((now) => aLetter(now, { id: "one letter", tries }), { to });
      ids.push(sent[0]?.id);
    }
    expect(ids[0]).toBe(ids[1]);
    expect(ids[0]).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/);
  });
});

describe.concurrent("an announcement", () => {
  const announcement = (
    now: Date,
    kind: "recovered" | "step-up-failed",
    addresses: string[],
  ): OutboxItem => ({
    type: "announcement",
    activity: { id: `${kind} once`, kind, at: now, device: { id: deviceId, name: "canary-phone" } },
    recipients: addresses.map((address, at) => ({
      channel: "email",
      address,
      language: "en",
      ...(at === 0 && { link: true }),
    })),
  });
  const deviceId = DeviceId.parse("A".repeat(43));

  it("R18 F29 is logged once and sent to each, with the link that ends its device only where allowed", async () => {
    const to = await aKnownOwner();
    const addresses = [anAddress(), anAddress()];
    const { put, outcome } = await delivering((now) => announcement(now, "recovered", addresses), { to });
    expect(outcome).toBe("announced");
    const letters = put.flatMap(({ item }) => (item.type === "letter" ? [item] : []));
    expect(letters.map((letter) => letter.to.address)).toEqual(addresses);
    expect(letters[0]?.link).toContain(`/v1/alarms/${to}.`);
    expect(letters[1]).not.toHaveProperty("link");
    const entry = put.at(-1)?.item ?? expect.fail("not to be logged");
    for (const _ of [1, 2]) expect((await delivering(() => entry, { to })).outcome).toBe("logged");
    const { entries, intact } = await anApp().services.activity.read(to);
    expect({ kinds: entries.map(({ kind }) => kind), intact }).toEqual({
      kinds: ["recovered"],
      intact: true,
    });
  });

  it("R18 F29 a failed step-up is logged and told to nobody", async () => {
    const to = await aKnownOwner();
    const { put, outcome } = await delivering((now) => announcement(now, "step-up-failed", []), { to });
    expect({ put, outcome }).toEqual({ put: [], outcome: "logged" });
    expect((await anApp().services.activity.read(to)).entries).toHaveLength(1);
  });
});

it("R18 nothing waits longer than three days", async () => {
  const { outcome } = await delivering((now) =>
    aLetter(now, { kind: "recovered", until: later(now, -HOUR) }),
  );
  expect(outcome).toBe("expired");
});
