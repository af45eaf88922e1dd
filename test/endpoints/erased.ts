/** That an owner is erased: all that may be left is when that was, and only for owners who had a contact. */
import { expect, inject } from "vitest";
import { ownerIdOf } from "../../lib/domain/owner.ts";
import { anApp } from "../support/app.ts";
import { everythingOf } from "./stored.ts";

export async function expectErased(
  subject: string,
  { hadContact, said = "" }: { hadContact: boolean; said?: string },
): Promise<void> {
  const owner = ownerIdOf({ issuer: inject("surroundings").issuer, subject });
  const left = hadContact ? [`erasures/${owner}`] : [];
  expect(Object.keys(await everythingOf(subject)), said).toEqual(left);
  const remembered = await anApp().services.erasures.find(owner);
  expect(Object.keys(remembered?.value ?? {}), said).toEqual(hadContact ? ["erasedAt"] : []);
}
