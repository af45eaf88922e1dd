/** POST v1/alarms/{capability}: "this was not me": the device, its recovery and its credentials end at once (R18). Safe to repeat. */
import * as z from "zod";
import { findDevice } from "../lib/domain/device.ts";
import { Language } from "../lib/domain/language.ts";
import { devicesOf, headsOf } from "../lib/domain/owner-state.ts";
import { readCapability, repudiate } from "../lib/domain/repudiation.ts";
import { readOwner } from "../lib/http/admit.ts";
import { endpoint } from "../lib/http/endpoint.ts";
import { donePage, unknownPage } from "../lib/http/page.ts";

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
    const alarm = await readCapability(services.peppers, capability, now);
    const held = alarm && (await readOwner(services, alarm.owner, now));
    if (!alarm || !findDevice(devicesOf(headsOf(held?.state)), alarm.device))
      return { status: 404, body: unknownPage(language) };
    await repudiate(services, held, { owner: alarm.owner, id: alarm.device, now });
    return { status: 200, body: donePage(language) };
  },
});
