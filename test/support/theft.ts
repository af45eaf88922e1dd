/** A theft: an owner with a phone and a contact, and a thief with the password on another instance. */
import { HOUR } from "../../lib/domain/clock.ts";
import { anOwnerWithBackup, aRegisteredPhone } from "../functions/helpers.ts";
import type { AppOptions } from "./app.ts";
import { signInAt } from "./phones.ts";
import { aContact, anAppToWatch } from "./step-up.ts";

/** Both are signed in freshly. The thief's instance is the one that is watched. */
export async function aTheft(options: AppOptions = {}) {
  const watched = anAppToWatch(options);
  const other = watched.another();
  const { owner, phone, uploaded } = await anOwnerWithBackup({ app: watched.app });
  const address = "canary-owner@mail.example";
  const contact = await aContact(watched, phone, { address });
  watched.clock.pass(100 * HOUR);
  const second = await aRegisteredPhone(owner, { app: other });
  watched.clock.pass(100 * HOUR);
  const thief = await aRegisteredPhone(owner, { app: watched.app });
  watched.clock.pass(1000);
  for (const each of [phone, second]) await each.signIn(owner, signInAt(watched.clock.now()));
  return { watched, owner, phone, second, uploaded, contact, address, thief };
}
export type Theft = Awaited<ReturnType<typeof aTheft>>;
