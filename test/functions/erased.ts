/** That an owner is erased: all that may be left, for the cooling-off time, is when that was. */
import { expect } from "vitest";
import { anApp } from "../support/app.ts";
import { placeOf } from "../support/sweeping.ts";
import { everythingOf } from "./stored.ts";

export async function expectErased(
  subject: string,
  { hadContact, said = "" }: { hadContact: boolean; said?: string },
): Promise<void> {
  expect(Object.keys(await everythingOf(subject)), said).toEqual(["owners/"]);
  const held = await anApp().services.owners.find(placeOf(subject).owner);
  expect(held?.state, said).toMatchObject({ heads: {}, recoveries: [], erased: { hadContact } });
  expect(await held?.record(), said).toMatchObject({ contacts: [], bindings: [], challenges: [] });
}

/** Nothing at all is left. */
export async function expectForgotten(subject: string): Promise<void> {
  expect(await everythingOf(subject)).toEqual({});
}
