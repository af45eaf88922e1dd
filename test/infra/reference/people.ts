/** The people and things in the examples. */
import { inject } from "vitest";
import type { Account } from "../../../lib/domain/account.ts";
import { fingerprintOf } from "../../../lib/domain/code-parameters.ts";

export const personal = () => ({
  kind: "personal" as const,
  issuer: inject("surroundings").issuer,
  userName: "anna@outlook.example",
});
export const work = {
  kind: "work" as const,
  issuer: "https://sts.example",
  tenant: "contoso",
  userName: "anna@contoso.example",
};

const github = {
  kind: "third-party" as const,
  id: "3ae6f1ad-2e65-4ed2-a953-1ec0dff2386d",
  issuer: "GitHub",
  userName: "anna",
  group: "Work",
  otp: {
    type: "totp" as const,
    secret: "JBSWY3DPEHPK3PXP",
    algorithm: "SHA1" as const,
    digits: 6,
    period: 30,
  },
};
const vpn = {
  kind: "third-party" as const,
  issuer: "Old VPN",
  userName: "anna",
  otp: {
    type: "hotp" as const,
    secret: "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ",
    algorithm: "SHA1" as const,
    digits: 6,
    counter: 41,
  },
};

const accounts = (): Account[] => [
  github,
  vpn,
  { ...personal(), usesPush: false },
  { ...work, usesPush: true },
];

export const firstDocument = () => ({ accounts: accounts(), settings: { sortBy: "manual", theme: "dark" } });

/** One more account of each further type of code, and groups. */
export const laterDocument = () => ({
  accounts: [
    ...accounts(),
    {
      kind: "third-party",
      issuer: "Steam",
      userName: "anna",
      otp: { type: "steam", secret: "ONSWG4TFOQQHGZLDOJSXI" },
    },
    {
      kind: "third-party",
      issuer: "Router",
      userName: "",
      otp: { type: "motp", secret: "e3152afee62599c8", pin: "1234" },
    },
    {
      kind: "third-party",
      issuer: "Yandex",
      userName: "anna",
      otp: { type: "yandex", secret: "LA2V6KMCGYMWWVEW64RNP3JA3I", pin: "7586" },
    },
  ],
  settings: {
    sortBy: "manual",
    theme: "dark",
    language: "sv",
    appLock: true,
    hideCodes: false,
    groups: [{ name: "Work", order: 1, members: [github.id, 1] }],
    custom: { "tap.reveal": true, "view.mode": "compact" },
  },
});

/** What a new phone has already: its maker's own account, and one that is also in the backup. */
export const onNewPhone = () => [
  {
    kind: "third-party",
    issuer: "GitHub",
    userName: "anna",
    id: github.id,
    fingerprint: fingerprintOf(github.otp),
  },
];

/** The key of RFC 7515 §A.3, and a signature by it: a published key fits a reference. */
export const pushKey = {
  kty: "EC",
  crv: "P-256",
  x: "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
  y: "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
};
export const signedByIt = {
  challenge: "HZqw_QPuX_qdT0zGAa1JsmaprsrGpI7CCcJ5BrRxkUU",
  signature: "BP12NTlWsMw29osdolYRKYiVj7ciXdSuID66PtOk3Ot2VCEHEHrempiaQALsQpTqZ6sRN5O4FJB59IwHcBxFUQ",
};

/** A document that only the device can read. */
export const jwe =
  "eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIn0..4qIo_QYqN_EI7ipS.elPUw3xsS5S58hRZwPsTiKef9L9n6-Pg5I6wUymRZ3lyZXqrIItVHbtrJ_WKTD5K.q68FrJUoWOdn5hyVj0fTkw";
