/** Words letters in the recipient's language. */
import type { Happened } from "../domain/messages/announcement.ts";
import type { Wording } from "../domain/messages/delivery.ts";
import { texts } from "./languages.ts";
import { readable } from "./texts.ts";

export const wording: Wording = {
  unnamed: (language) => texts[language].unnamed,
  letter({ to, kind, at, code = "", link = "", deviceName = "", eraseAt, revokeAt, before = [] }) {
    const { letters, happened } = texts[to.language];
    const { subject, text } = letters[kind];
    const times = { at: readable(at), eraseAt: shown(eraseAt), revokeAt: shown(revokeAt) };
    const lines = before.map((each) => lineOf(happened[each.kind], each));
    return { subject, text: text({ ...times, deviceName, code, link, before: lines.join("\n") }) };
  },
};

const shown = (time: Date | undefined) => (time ? readable(time) : "");

const lineOf = (what: string, { times, last }: Happened): string =>
  `- ${what}${times > 1 ? ` (${times} ×)` : ""}: ${readable(last)}`;
