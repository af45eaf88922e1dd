/** POST v1/alarms/{capability}: "this was not me" ends the device that the alarm is about (R18). */
import * as z from "zod";
import { repudiateAlarm as repudiate } from "../../lib/domain/devices/repudiation.ts";
import { Language } from "../../lib/domain/messages/language.ts";
import { endpoint } from "../../lib/http/pipeline/endpoint.ts";
import { donePage, erasedPage, unknownPage } from "../../lib/http/replies/page.ts";

/** Also ends the device's recovery and credentials, at once. Safe to repeat. */
export const repudiateAlarm = endpoint({
  name: "repudiate-alarm",
  summary: "Shut out the device that an alarm is about",
  method: "POST",
  route: "v1/alarms/{capability}",
  access: "capability",
  request: {
    params: z.strictObject({ capability: z.string().max(200) }),
    query: z.object({ language: Language.catch("en") }),
  },
  replies: { 200: z.string(), 404: z.string() },
  problems: ["busy", "vault-unavailable"],
  async handle({ params: { capability }, query: { language }, now }, services) {
    const outcome = await repudiate(services, capability, services.policy, now);
    if (!outcome) return { status: 404, body: unknownPage(language) };
    return { status: 200, body: outcome === "erased" ? erasedPage(language) : donePage(language) };
  },
});
