/** What the mailbox offers people and tests: the messages, their page, and faults to order. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createMessages } from "../../../infra/local/mailbox/messages.ts";
import { createOnce } from "../../../infra/local/mailbox/once.ts";
import { aMailbox, anEmail, aText } from "./a-mailbox.ts";

let mailbox: Awaited<ReturnType<typeof aMailbox>>;
beforeAll(async () => {
  mailbox = await aMailbox();
});
afterAll(() => mailbox.close());
beforeEach(() => mailbox.empty());

describe("R42 faults for tests", () => {
  it("refuse every send until they are taken back", async () => {
    await mailbox.order({ status: 503 });
    for (const _ of [1, 2]) {
      await expect(mailbox.mail.beginSend(anEmail())).rejects.toMatchObject({
        statusCode: 503,
        code: "ServiceUnavailable",
      });
    }
    await expect(mailbox.phone.send(aText("+46701234567"))).rejects.toMatchObject({ statusCode: 503 });
    await mailbox.call("DELETE", "dev/faults");
    await mailbox.mail.beginSend(anEmail());
    expect(await mailbox.messages()).toHaveLength(1);
  });

  it.each(["{", '{"status":200}', "{}", '{"status":503,"unknown":1}'])("are refused as %s", async (body) => {
    expect((await mailbox.call("PUT", "dev/faults", body)).status).toBe(400);
  });
});

describe("R42 the messages", () => {
  it("are found by address, whatever its case and the spelling of its plus sign", async () => {
    await mailbox.mail.beginSend(anEmail("Anna@Example.com"));
    await mailbox.mail.beginSend(anEmail("bea@example.com"));
    await mailbox.phone.send(aText("+46701234567"));
    expect(await mailbox.messages("?to=anna@example.com")).toMatchObject([{ to: "Anna@Example.com" }]);
    expect(await mailbox.messages("?to=+46701234567")).toEqual(await mailbox.messages("?to=%2B46701234567"));
    expect(await mailbox.messages("?to=%2B46701234567")).toMatchObject([{ channel: "sms" }]);
    expect(await mailbox.messages("?to=nobody")).toEqual([]);
    expect(await mailbox.messages()).toHaveLength(3);
  });

  it("are on a page that runs no script and reloads itself", async () => {
    const text = "<script>alert(1)</script> https://example.com/a?b=1&c=2. Bye";
    await mailbox.mail.beginSend(anEmail("anna@example.com", text));
    await mailbox.phone.send(aText("+46701234567"));
    const response = await mailbox.call("GET", "");
    expect(response.headers.get("content-security-policy")).toMatch(/^default-src 'none'/);
    const page = await response.text();
    expect(page).not.toContain("<script");
    expect(page).toContain("&#60;script&#62;alert(1)&#60;/script&#62;");
    const link = "https://example.com/a?b=1&#38;c=2";
    expect(page).toContain(`<a href="${link}" rel="noreferrer">${link}</a>. Bye`);
    expect(page).toContain('<meta http-equiv="refresh" content="5">');
    expect(page.indexOf("+46701234567")).toBeLessThan(page.indexOf("anna@example.com"));
  });

  it("are none at first, and the page says what it is for", async () => {
    const page = await (await mailbox.call("GET", "")).text();
    expect(page).toContain("No messages yet");
    expect(page).toContain("Emails and text messages that the local stack would have sent");
  });

  it("are forgotten beyond the newest thousand, and so are request ids", () => {
    const kept = createMessages();
    const ids = createOnce<string>();
    for (let n = 0; n <= 1000; n += 1) {
      kept.add({ channel: "sms", from: "a", to: "b", text: String(n) });
      ids.answer(String(n), () => `answer ${n}`);
    }
    expect(kept.list()).toHaveLength(1000);
    expect(kept.list().map(({ text }) => text)).not.toContain("0");
    expect({ former: ids.get("0"), first: ids.get("1"), last: ids.get("1000") }).toEqual({
      former: undefined,
      first: "answer 1",
      last: "answer 1000",
    });
  });
});

it("R42 the mailbox has no other routes", async () => {
  for (const path of ["favicon.ico", "emails", "dev/secrets"])
    expect((await mailbox.call("GET", path)).status).toBe(404);
});
