/** GET v1/alarms/{capability}: the page behind an alarm's link, which asks before it ends a device (R18). */
import * as z from "zod";
import { isRevoked, shownName } from "../../lib/domain/device.ts";
import { locateDevice } from "../../lib/domain/devices/registration.ts";
import { findAlarm, isSettled } from "../../lib/domain/devices/repudiation.ts";
import { Language } from "../../lib/domain/messages/language.ts";
import { headsOf } from "../../lib/domain/owner/owner-state.ts";
import { endpoint } from "../../lib/http/pipeline/endpoint.ts";
import { askPage, donePage, erasedPage, undoPage, unknownPage } from "../../lib/http/replies/page.ts";
import { texts } from "../../lib/texts/languages.ts";
import { readable } from "../../lib/texts/texts.ts";

/** Changes nothing, so mail scanners that follow the link do no harm. */
export const showAlarm = endpoint({
  name: "show-alarm",
  summary: "The page behind the link of an alarm",
  method: "GET",
  route: "v1/alarms/{capability}",
  access: "capability",
  request: {
    params: z.strictObject({ capability: z.string().max(200) }),
    query: z.object({ language: Language.catch("en") }),
  },
  replies: { 200: z.string(), 404: z.string() },
  problems: ["vault-unavailable"],
  async handle({ params: { capability }, query: { language }, now }, services) {
    const found = await findAlarm(services, capability, now);
    if (!found) return { status: 404, body: unknownPage(language) };
    if (found === "erased") return { status: 200, body: erasedPage(language) };
    const { device, held } = found;
    if (await isSettled(found, services.policy, now)) return { status: 200, body: donePage(language) };
    if (!device || isRevoked(device)) return { status: 200, body: undoPage(language) };
    const deviceName = shownName(device.name, texts[language].unnamed);
    const platform = locateDevice(headsOf(held.state), device.id);
    const registeredAt = readable(device.registeredAt);
    return { status: 200, body: askPage(language, { deviceName, platform, registeredAt }) };
  },
});
