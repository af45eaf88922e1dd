/** The page of messages: newest first, clickable links, no script; it reloads itself. */
import { escapeHtml } from "../escape-html.ts";
import type { Message } from "./messages.ts";

const refreshSeconds = 5;
/** Leaves out the full stop or bracket that follows a link in a sentence. */
const link = /(https?:\/\/[^\s<>"]*[^\s<>"'.,;:!?)\]])/;

export const pageHeaders = {
  "content-type": "text/html; charset=utf-8",
  "cache-control": "no-store",
  "content-security-policy":
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "referrer-policy": "no-referrer",
};

export const page = (messages: readonly Message[]) => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="refresh" content="${refreshSeconds}">
<title>Mailbox (${messages.length})</title>
<style>
:root { color-scheme: light dark }
body { font: 1rem/1.5 system-ui; max-width: 42rem; margin: 0 auto; padding: 1rem; overflow-wrap: anywhere }
h1 { font-size: 1.25rem }
article { border: 1px solid #8888; border-radius: .5rem; padding: .75rem 1rem; margin: 1rem 0 }
h2 { font-size: 1rem; margin: 0 }
p { margin: .25rem 0 }
.about { font-size: .875rem; opacity: .8 }
pre { font: inherit; white-space: pre-wrap; margin: .5rem 0 0 }
</style>
<h1>Mailbox</h1>
<p class="about">Emails and text messages that the local stack would have sent. Nothing leaves this machine.</p>
${messages.length === 0 ? "<p>No messages yet: they appear here by themselves.</p>" : messages.map(article).join("")}
</html>
`;

const article = ({ channel, from, to, subject, text, receivedAt }: Message) => `<article>
<h2>${channel === "email" ? "Email" : "Text message"} to ${escapeHtml(to)}</h2>
<p class="about">from ${escapeHtml(from)} at <time datetime="${receivedAt}">${receivedAt.slice(11, 19)} UTC</time></p>
${subject === undefined ? "" : `<p><strong>${escapeHtml(subject)}</strong></p>`}
<pre>${withLinks(text)}</pre>
</article>
`;

/** Every second part is a link. */
const withLinks = (text: string) =>
  text
    .split(link)
    .map(escapeHtml)
    .map((part, index) => (index % 2 === 1 ? `<a href="${part}" rel="noreferrer">${part}</a>` : part))
    .join("");
