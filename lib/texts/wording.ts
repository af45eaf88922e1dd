/** Words letters in the recipient's language. */
import type { Wording } from "../domain/messages/delivery.ts";
import { texts } from "./languages.ts";
import { readable } from "./texts.ts";

export const wording: Wording = {
  unnamed: (language) => texts[language].unnamed,
  letter({ to, kind, at, code = "", link = "", deviceName = "", eraseAt }) {
    const { subject, text } = texts[to.language].letters[kind];
    const facts = { at: readable(at), eraseAt: eraseAt ? readable(eraseAt) : "" };
    return { subject, text: text({ ...facts, deviceName, code, link }) };
  },
};
