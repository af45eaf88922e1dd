/** HTML replies, and the pages behind an alarm's link: no script, phone-sized, in the reader's language. */
import type { HttpResponseInit } from "@azure/functions";
import { Language } from "../../domain/messages/language.ts";
import type { Platform } from "../../domain/owner.ts";
import { texts } from "../../texts/languages.ts";

/** Built pages share one style sheet, named by its hash; the pages made here have inline styles. */
const contentSecurityPolicy = (styleHash: string | undefined) =>
  `default-src 'none'; style-src '${styleHash ?? "unsafe-inline"}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`;

const PLATFORM_NAMES = { ios: "iOS", android: "Android" } as const satisfies Record<Platform, string>;

type More = { styleHash?: string | undefined; headers?: Record<string, string> };

/** `body` is undefined for a reply without a body, such as 304. */
export const page = (
  status: number,
  body: unknown,
  { styleHash, headers = {} }: More = {},
): HttpResponseInit => ({
  status,
  ...(body !== undefined && { body: String(body) }),
  headers: {
    ...(body !== undefined && { "content-type": "text/html; charset=utf-8" }),
    "content-security-policy": contentSecurityPolicy(styleHash),
    "referrer-policy": "no-referrer",
    ...headers,
  },
});

/** English unless the URL says otherwise. */
export const languageIn = (url: string): Language =>
  Language.safeParse(new URL(url).searchParams.get("language")).data ?? "en";

/** `registeredAt` is already formatted for people. */
export type ShownDevice = { deviceName: string; platform: Platform; registeredAt: string };

export function askPage(language: Language, device: ShownDevice): string {
  const { question, effects, button } = texts[language].page;
  const asked = question({ ...device, platform: PLATFORM_NAMES[device.platform] });
  return asking(language, { asked, effects, button });
}

/** About a device that has no access, but may have left something behind, or may be about to come. */
export function undoPage(language: Language): string {
  const { undoQuestion: asked, undoEffects: effects, undoButton: button } = texts[language].page;
  return asking(language, { asked, effects, button });
}

type Asked = { asked: string; effects: string[]; button: string };

function asking(language: Language, { asked, effects, button }: Asked): string {
  const { title, lead, keep } = texts[language].page;
  return document(
    language,
    title,
    `<p>${escaped(asked)}</p>
<p>${escaped(lead)}</p>
${list(effects)}
<form method="post"><button>${escaped(button)}</button></form>
<p>${escaped(keep)}</p>`,
  );
}

export function donePage(language: Language): string {
  const { doneTitle, done } = texts[language].page;
  return document(language, doneTitle, list(done));
}

export function erasedPage(language: Language): string {
  const { erasedTitle, erased } = texts[language].page;
  return document(language, erasedTitle, list(erased));
}

export function unknownPage(language: Language): string {
  const { unknownTitle, unknown } = texts[language].page;
  return document(language, unknownTitle, `<p>${escaped(unknown)}</p>`);
}

export function problemPage(language: Language, status: number): string {
  if (status === 400 || status === 404) return unknownPage(language);
  const { troubleTitle, trouble } = texts[language].page;
  return document(language, troubleTitle, `<p>${escaped(trouble)}</p>`);
}

const list = (items: string[]) =>
  `<ul>\n${items.map((item) => `<li>${escaped(item)}</li>`).join("\n")}\n</ul>`;

const document = (language: Language, title: string, content: string) => `<!doctype html>
<html lang="${language}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${escaped(title)}</title>
<style>
body { font: 1.125rem/1.5 system-ui, sans-serif; max-width: 34rem; margin: 2rem auto; padding: 0 1.25rem; color: #1b1b1f; background: #fff }
h1 { font-size: 1.6rem; line-height: 1.2 }
li { margin: 0.4rem 0 }
button { font: inherit; font-weight: 600; width: 100%; padding: 0.9rem; border: 0; border-radius: 0.5rem; color: #fff; background: #b3261e }
button:focus-visible { outline: 3px solid #1b1b1f; outline-offset: 2px }
</style>
<h1>${escaped(title)}</h1>
${content}
</html>
`;

const escaped = (text: string) => text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
