/** The texts: every language says everything, with the facts of the case and nothing else. */
import { describe, expect, it } from "vitest";
import { HappenedKind, LetterKind } from "../../../lib/domain/messages/announcement.ts";
import { LANGUAGES } from "../../../lib/domain/messages/language.ts";
import { texts } from "../../../lib/texts/languages.ts";
import type { Facts } from "../../../lib/texts/texts.ts";

const facts: Facts = {
  deviceName: "Annas Gerät",
  at: "2026-05-04 10:00 UTC",
  code: "048213",
  link: "https://api.example/v1/alarms/abc?language=xx",
  eraseAt: "2026-05-05 10:00 UTC",
  revokeAt: "2026-05-06 10:00 UTC",
  before: "- a device added: 2026-05-03 10:00 UTC",
};
/** Until when what an alarm reports can be stopped. */
const DEADLINES: { [Kind in LetterKind]?: (keyof Facts)[] } = {
  "erasure-requested": ["eraseAt"],
  "device-suspended": ["revokeAt"],
};
/** Alarms report actions that the owner may undo with one press. */
const ALARMS = [
  "recovered",
  "recovery-requested",
  "device-registered",
  "device-returned",
  "device-displaced",
  "device-revoked",
  "credential-issued",
  "contact-added",
  "contact-removed",
  "erasure-requested",
  "contact-changed",
  "exported",
  "backup-deleted",
  "backup-shrunk",
  "code-entered",
  "device-suspended",
];
const NEWS = ["device-repudiated", "account-moved", "credentials-ended", "plan-requested", "erased"];
const REMINDERS = ["backup-stale"];
const cases = LANGUAGES.flatMap((language) =>
  LetterKind.options.map((kind) => ({ language, kind, letter: texts[language].letters[kind] })),
);
const letters = (kinds: string[]) => cases.filter(({ kind }) => kinds.includes(kind));

/** The facts that a text uses. */
function asked(text: (given: Facts) => string): Set<string> {
  const names = new Set<string>();
  text(
    new Proxy(facts, {
      get(target, name) {
        names.add(String(name));
        return Reflect.get(target, name);
      },
    }),
  );
  return names;
}

describe("R18 every language", () => {
  it("R18 has a subject and a text for every letter, and no other", () => {
    expect(Object.keys(texts).toSorted()).toEqual([...LANGUAGES].toSorted());
    expect([...ALARMS, ...NEWS, ...REMINDERS, "code"].toSorted()).toEqual([...LetterKind.options].toSorted());
    for (const language of LANGUAGES) {
      expect(Object.keys(texts[language].letters).toSorted()).toEqual([...LetterKind.options].toSorted());
    }
    for (const { letter } of cases) {
      expect(letter.subject.trim()).toMatch(/^\S.{2,78}$/);
      expect(letter.text(facts).trim().length).toBeGreaterThan(30);
    }
  });

  it("R18 has every text of the page, each a sentence or more", () => {
    const shape = Object.keys(texts.en.page).toSorted();
    for (const language of LANGUAGES) {
      const { question, ...page } = texts[language].page;
      expect(Object.keys(texts[language].page).toSorted()).toEqual(shape);
      for (const text of Object.values(page).flat()) expect(text.trim().length).toBeGreaterThan(5);
      const device = { deviceName: facts.deviceName, platform: "Android", registeredAt: facts.at };
      for (const fact of Object.values(device)) expect(question(device)).toContain(fact);
      for (const list of [page.effects, page.done]) expect(list.length).toBeGreaterThan(0);
    }
  });

  it("R18 says it in its own words", () => {
    for (const kind of LetterKind.options) {
      const said = LANGUAGES.map((language) => texts[language].letters[kind]);
      expect(new Set(said.map(({ subject }) => subject)).size).toBe(LANGUAGES.length);
      expect(new Set(said.map(({ text }) => text(facts))).size).toBe(LANGUAGES.length);
    }
    const pages = LANGUAGES.map((language) => texts[language].page);
    expect(new Set(pages.map(({ button }) => button)).size).toBe(LANGUAGES.length);
  });
});

describe("R18 R35 the last letter", () => {
  it("R18 R35 has words for all that may have happened before, and their lines where there are any", () => {
    for (const { letter, language } of letters(["erased"])) {
      expect(Object.keys(texts[language].happened).toSorted()).toEqual([...HappenedKind.options].toSorted());
      expect(letter.text(facts).split("\n")).toContain(facts.before);
      const without = letter.text({ ...facts, before: "" });
      expect(letter.text(facts).length - without.length).toBeGreaterThan(facts.before.length);
      expect(without).not.toMatch(/\n- |\n\n\n/);
    }
  });
});

describe("R34 what letters say", () => {
  it("R24 R34 a letter with a code holds the code first, and no link, device or time", () => {
    for (const { letter } of letters(["code"])) {
      expect(asked(letter.text)).toEqual(new Set(["code"]));
      expect({ holdsCodeFirst: letter.text(facts).startsWith(facts.code) }).toEqual({ holdsCodeFirst: true });
      expect(letter.text(facts)).not.toMatch(/https?:|www\./);
    }
  });

  it("R18 R34 an alarm holds the link on a line of its own, the device and the time, and no code", () => {
    for (const { letter, kind } of letters(ALARMS)) {
      const deadlines = DEADLINES[kind] ?? [];
      expect(asked(letter.text), kind).toEqual(new Set(["deviceName", "at", "link", ...deadlines]));
      expect(letter.text(facts).split("\n")).toContain(facts.link);
      for (const fact of ["deviceName", "at", ...deadlines] as const)
        expect(letter.text(facts)).toContain(facts[fact]);
    }
  });

  it("R18 without the link it says what else to do instead", () => {
    for (const { letter } of letters(ALARMS)) {
      const [without, text] = [letter.text({ ...facts, link: "" }), letter.text(facts)];
      expect(without.length).toBeGreaterThan(text.replace(facts.link, "").length);
      expect(without).not.toMatch(/https?:/);
    }
  });

  it("R18 R34 a message about something final holds neither link nor code", () => {
    for (const { letter } of letters(NEWS)) {
      expect([...asked(letter.text)].filter((name) => name === "link" || name === "code")).toEqual([]);
      expect(letter.text(facts)).toContain(facts.at);
    }
  });

  it("R34 only the facts: no number, address or name of another case, and none in a subject", () => {
    for (const { letter } of cases) {
      const rest = Object.values(facts).reduce((text, fact) => text.replaceAll(fact, ""), letter.text(facts));
      for (const text of [letter.subject, rest]) {
        expect(text).not.toMatch(/[0-9@]|https?:|undefined|null|NaN|\[object|\$\{/);
      }
      expect(letter.text(facts)).toBe(letter.text({ ...facts }));
    }
  });

  it("R34 facts are quoted unchanged, even if they look like something else", () => {
    const odd = { ...facts, deviceName: "$& $1 {link} <b>%s</b>" };
    for (const { letter } of letters(ALARMS)) expect(letter.text(odd)).toContain(odd.deviceName);
  });
});
