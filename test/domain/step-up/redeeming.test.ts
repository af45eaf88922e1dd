/** Redeeming a ticket: for its account and recipient, while its issuer still may, and once. */
import { describe, expect, it } from "vitest";
import { later, SECOND } from "../../../lib/domain/clock.ts";
import type { DeviceId } from "../../../lib/domain/owner.ts";
import type { Provider } from "../../../lib/domain/step-up/provider.ts";
import { accountDigest, requireTicket, Ticket } from "../../../lib/domain/step-up/ticket.ts";
import { aBound, aBoundWork, aDeviceId, anId, anOwnerId, now } from "../builders.ts";
import { refusalOf } from "../refusals.ts";

const aProvider = (change: Partial<Provider> = {}): Provider => ({
  clientId: "contoso",
  accounts: [{ issuer: aBoundWork().issuer, tenants: ["contoso"] }],
  ...change,
});

describe("F6 R21 R23 redeeming", () => {
  const [owner, other] = [anOwnerId(), anOwnerId("other")];
  const [account, device] = [aBoundWork(), aDeviceId("old")];
  const aTicket = (change: Partial<Ticket> = {}): Ticket => ({
    account: accountDigest(account),
    issuedBy: { by: "provider", client: "contoso" },
    issuedAt: now,
    expiresAt: later(now, 600 * SECOND),
    ...change,
  });
  const contoso = aProvider();
  const redeeming = {
    account,
    subject: undefined,
    owner,
    device: aDeviceId(),
    challenge: anId("challenge"),
    providers: [contoso],
  };
  const redeem = (ticket: Ticket | undefined, time = now, endedDevices: DeviceId[] = []) =>
    requireTicket(ticket, { ...redeeming, endedDevices }, time);
  /** Everything that a caller learns from a refusal. */
  const told = (run: () => unknown) => {
    const { kind, message, details } = refusalOf(run);
    return JSON.stringify([kind, message, details]);
  };

  it("F6 R18 R23 a ticket of a device that was since revoked doesn't count", () => {
    const ticket = aTicket({ issuedBy: { by: "device", owner, device } });
    expect(redeem(ticket, now, [aDeviceId("another")])).toEqual(ticket);
    expect(refusalOf(() => redeem(ticket, now, [device])).kind).toBe("ticket-invalid");
  });

  it("F6 R21 R33 a ticket of a provider that no longer answers for its accounts doesn't count", () => {
    const fabrikam = aProvider({ accounts: [{ issuer: account.issuer, tenants: ["fabrikam"] }] });
    for (const providers of [[], [fabrikam], [aProvider({ clientId: "other" })]]) {
      const refusal = refusalOf(() =>
        requireTicket(aTicket(), { ...redeeming, endedDevices: [], providers }, now),
      );
      expect(refusal.kind).toBe("ticket-invalid");
    }
  });

  it("F6 R8 R21 a used ticket counts again only for the same device and challenge", () => {
    const used = aTicket({ usedBy: redeeming.device, usedFor: redeeming.challenge });
    expect(redeem(used)).toEqual(used);
    for (const other of [{ usedBy: aDeviceId("other") }, { usedFor: anId("other") }]) {
      expect(refusalOf(() => redeem({ ...used, ...other })).kind).toBe("ticket-invalid");
    }
  });

  it("F6 R21 R23 counts only for its account, its owner, before its end, and once: all else is refused alike", () => {
    const accounts = [account, aBoundWork({ tenant: "other" }), aBoundWork({ userName: "other" })];
    const issuers: Ticket["issuedBy"][] = [
      { by: "provider", client: "contoso" },
      { by: "device", owner, device },
      { by: "device", owner: other, device },
    ];
    const refusals: string[] = [];
    for (const [accountIs, named] of accounts.entries()) {
      for (const [issuerIs, issuedBy] of issuers.entries()) {
        for (const usedBy of [undefined, aDeviceId(), aDeviceId("other")]) {
          for (const seconds of [0, 599, 599.999, 600, 601]) {
            const ticket = aTicket({ account: accountDigest(named), issuedBy, ...(usedBy && { usedBy }) });
            const time = later(now, seconds * SECOND);
            if (accountIs === 0 && issuerIs < 2 && !usedBy && seconds < 600) {
              expect(redeem(ticket, time)).toEqual(ticket);
            } else {
              refusals.push(told(() => redeem(ticket, time)));
            }
          }
        }
      }
    }
    refusals.push(told(() => redeem(undefined)));
    expect(refusals).toHaveLength(3 * 3 * 3 * 5 - 2 * 3 + 1);
    expect(new Set(refusals).size).toBe(1);
    expect(refusals[0]).toContain("ticket-invalid");
  });

  it("R20 R47 for a personal account counts only beside its own sign-in, and only its provider's", () => {
    const personal = aBound({ issuer: account.issuer });
    const providers = [aProvider({ accounts: [{ issuer: account.issuer }] })];
    const redeemAs = (subject: string | undefined, issuedBy: Ticket["issuedBy"]) => () =>
      requireTicket(
        aTicket({ account: accountDigest(personal), issuedBy }),
        { ...redeeming, account: personal, subject, providers, endedDevices: [] },
        now,
      );
    const [byProvider, byDevice] = [
      { by: "provider" as const, client: "contoso" },
      { by: "device" as const, owner, device },
    ];
    expect(redeemAs("anna", byProvider)()).toMatchObject({ issuedBy: byProvider });
    expect({
      withoutSignIn: refusalOf(redeemAs(undefined, byProvider)).kind,
      byDevice: refusalOf(redeemAs("anna", byDevice)).kind,
    }).toEqual({ withoutSignIn: "ticket-invalid", byDevice: "ticket-invalid" });
  });

  it("R21 is for an account by name, however its letters are composed, without storing the name", () => {
    expect(accountDigest(aBoundWork({ userName: "Andr\u00e9" }))).toBe(
      accountDigest(aBoundWork({ userName: "Andre\u0301" })),
    );
    const kept = JSON.stringify(aTicket());
    for (const name of [account.issuer, account.userName]) expect(kept).not.toContain(name);
    expect(Ticket.parse(JSON.parse(kept))).toEqual(aTicket());
    expect(Ticket.parse({ ...aTicket(), more: 1 })).toEqual({ ...aTicket(), more: 1 });
  });
});
