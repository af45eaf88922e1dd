/** A thief wants a personal account of another's: proves it first, or acts in a provider's name. */

import { describe, expect, it } from "vitest";
import type { Reply } from "../../infra/local/phone.ts";
import { SECOND } from "../../lib/domain/clock.ts";
import { problemIn } from "../functions/helpers.ts";
import { aPhone, signInAt } from "../support/phones.ts";
import {
  answer,
  aRecovery,
  bound,
  codeAt,
  credentialIn,
  idIn,
  proven,
  providerCall,
  type Recovery,
  recover,
  recoveredIn,
  start,
  startedIn,
  ticketIn,
} from "../support/step-up.ts";
import { anAccountToken, aProviderToken } from "../support/tokens.ts";

/** What came of it: the status, or the kind of the refusal. */
const got = (reply: Reply): number | string =>
  reply.status < 400 ? reply.status : (problemIn(reply).type.split("/").at(-1) ?? "");

/** By a provider's app, through an instance that has just started. */
const asProvider = async ({ watched }: Recovery, path: string, role: string, body: object, app: string) =>
  await providerCall(watched.another(), path, body, await aProviderToken(app, role));

const issued = (scene: Recovery, app = "personal-sign-in") =>
  asProvider(scene, "v1/tickets", "Tickets.Issue", { account: bound(scene.personal) }, app);

const ended = (scene: Recovery, device?: string, app = "personal-sign-in") => {
  const body = { account: bound(scene.personal), ...(device !== undefined && { device }) };
  return asProvider(scene, "v1/credentials/end", "Credentials.End", body, app);
};

/** Whether the provider takes the code that this credential shows half a minute later. */
async function counts(scene: Recovery, uri: string): Promise<boolean> {
  scene.watched.clock.pass(30 * SECOND);
  const body = { account: bound(scene.personal), code: codeAt(uri, scene.watched.clock.now()) };
  const checked = await asProvider(scene, "v1/codes/verify", "Codes.Verify", body, "personal-sign-in");
  return Object(checked.body).valid;
}

/** Begins without a contact: it's the provider's ticket that is to come. */
async function startByTicket(scene: Recovery, userName = scene.personal.userName) {
  const { phone, recovery, personal, watched } = scene;
  const token = userName === "" ? undefined : await anAccountToken(userName, watched.clock.now());
  return await phone.call("POST", `v1/recoveries/${recovery}/step-ups`, {
    body: { account: bound(personal) },
    ...(token && { headers: { "account-authorization": `Bearer ${token}` } }),
  });
}

/** Somebody has proven the account, whose owner comes later. */
async function aSquattedAccount() {
  const squatter = await aRecovery();
  const uri = await proven(squatter);
  const owner = await aRecovery({ watched: squatter.watched, personal: squatter.personal });
  await squatter.phone.signIn(squatter.owner, signInAt(squatter.watched.clock.now()));
  return { squatter, uri, owner };
}

const toldSince = ({ watched }: Recovery, count: number) =>
  watched
    .told()
    .slice(count)
    .map(({ activity, recipients }) => [activity.kind, recipients.length]);

describe.concurrent("an account that somebody else proved first", () => {
  it("R20 R21 R47 F35 its owner takes over by the provider's ticket, and nothing of the squatter's counts any more", async () => {
    const { squatter, uri, owner } = await aSquattedAccount();
    const { watched } = owner;
    const byCode = await answer(owner.phone, idIn(await start(owner)), { code: watched.lastCode() });
    const before = watched.told().length;
    const ticket = await issued(owner);
    const begun = await startByTicket(owner);
    const reply = await answer(owner.phone, startedIn(begun).id, { ticket: ticketIn(ticket).code });
    const told = toldSince(owner, before);
    const again = await answer(squatter.phone, idIn(await start(squatter)), { code: watched.lastCode() });
    const renewed = await squatter.phone.call("POST", `v1/recoveries/${squatter.recovery}/credentials`, {
      body: { account: bound(squatter.personal) },
    });
    expect({
      byCode: got(byCode),
      needs: startedIn(begun).needs,
      byTicket: got(reply),
      told,
      squattersCodeCounts: await counts(owner, uri),
      ownersCodeCounts: await counts(owner, credentialIn(reply).uri ?? ""),
      squatterProvesAgain: got(again),
      squatterRenews: got(renewed),
    }).toEqual({
      byCode: "account-bound-elsewhere",
      needs: "ticket",
      byTicket: 200,
      told: [
        ["credential-issued", 1],
        ["account-moved", 1],
      ],
      squattersCodeCounts: false,
      ownersCodeCounts: true,
      squatterProvesAgain: "account-bound-elsewhere",
      squatterRenews: "account-bound-elsewhere",
    });
  });

  it("R20 R47 a ticket without a sign-in to that account, by another provider, or used twice proves nothing", async () => {
    const { squatter, uri, owner } = await aSquattedAccount();
    const ticket = ticketIn(await issued(owner)).code;
    const byCode = idIn(await start(owner));
    const toAnother = {
      ...owner,
      personal: { ...owner.personal, userName: "canary-other@personal.example" },
    };
    const refused = {
      withoutSignIn: got(await startByTicket(owner, "")),
      signedInElsewhere: got(await startByTicket(owner, `other-${owner.personal.userName}`)),
      toAnAccountOutsideTheRecovery: got(await startByTicket(toAnother)),
      inTheCodesPlace: got(await answer(owner.phone, byCode, { ticket })),
      byAnotherProvider: got(await issued(owner, "contoso-sign-in")),
    };
    const begun = startedIn(await startByTicket(owner)).id;
    expect({
      ...refused,
      onTheSquattersPhone: got(await answer(squatter.phone, begun, { ticket })),
      squattersCodeCounts: await counts(owner, uri),
      once: got(await answer(owner.phone, begun, { ticket })),
      twice: got(await answer(owner.phone, idIn(await startByTicket(owner)), { ticket })),
    }).toEqual({
      withoutSignIn: "account-sign-in-required",
      signedInElsewhere: "account-not-proven",
      toAnAccountOutsideTheRecovery: "account-not-in-recovery",
      inTheCodesPlace: "challenge-not-found",
      byAnotherProvider: "account-not-yours",
      onTheSquattersPhone: "challenge-not-found",
      squattersCodeCounts: true,
      once: 200,
      twice: "ticket-invalid",
    });
  });
});

const outcomeIn = (scene: Recovery, reply: Reply) => {
  const found = recoveredIn(reply).accounts.find(
    ({ account }) => account.userName === scene.personal.userName,
  );
  return [found?.outcome, found?.reason];
};

/** Without what differs in any two answers. */
const plain = ({ status, headers, body }: Reply) => ({
  status,
  body,
  headers: [...headers].filter(([name]) => !["x-request-id", "date"].includes(name)),
});

describe.concurrent("credentials that a provider has ended", () => {
  it("R33 R47 count no more at once, their holder was told first, and only a step-up brings any back", async () => {
    const scene = await aRecovery();
    const { phone, recovery, watched, owner } = scene;
    const uri = await proven(scene);
    const before = watched.told().length;
    const body = { account: bound(scene.personal) };
    const token = await aProviderToken("personal-sign-in", "Credentials.End");
    const done = await providerCall(watched.app, "v1/credentials/end", body, token);
    const told = toldSince(scene, before);
    const codeCounts = await counts(scene, uri);
    const renewed = await phone.call("POST", `v1/recoveries/${recovery}/credentials`, { body });
    const again = await recover(phone);
    const anewUri = await proven({ ...scene, recovery: recoveredIn(again).id });
    const another = await aPhone({ owner, app: watched.app });
    expect({
      done: [done.status, done.body],
      told,
      codeCounts,
      renewed: got(renewed),
      recovered: outcomeIn(scene, again),
      provenAnewCounts: await counts(scene, anewUri),
      recoveredOnceProven: outcomeIn(scene, await recover(another)),
    }).toEqual({
      done: [204, undefined],
      told: [["credentials-ended", 1]],
      codeCounts: false,
      renewed: "account-not-in-recovery",
      recovered: ["step-up", "not-bound"],
      provenAnewCounts: true,
      recoveredOnceProven: ["restore", "bound"],
    });
  });

  it("R33 R47 of one device leave the others theirs, and that one gets none by another's proof", async () => {
    const scene = await aRecovery();
    const { phone, watched, owner } = scene;
    const stolenUri = await proven(scene);
    const another = await aPhone({ owner, app: watched.app });
    const { id, accounts } = recoveredIn(await recover(another));
    const restored = accounts.find(({ account }) => account.userName === scene.personal.userName);
    const otherUri = restored && "credential" in restored ? (restored.credential?.uri ?? "") : "";
    await ended(scene, phone.deviceId);
    const counted = [await counts(scene, stolenUri), await counts(scene, otherUri)];
    await another.signIn(owner, signInAt(watched.clock.now()));
    await proven({ ...scene, phone: another, recovery: id });
    expect({
      counted,
      onTheStolenOne: outcomeIn(scene, await recover(phone)),
      onTheOther: outcomeIn(scene, await recover(another)),
    }).toEqual({
      counted: [false, true],
      onTheStolenOne: ["step-up", "not-bound"],
      onTheOther: ["restore", "bound"],
    });
  });

  it("R33 R47 are none of another provider's account, and the answer tells nobody what there was", async () => {
    const scene = await aRecovery();
    const uri = await proven(scene);
    const before = scene.watched.told().length;
    const nobodys = { ...scene, personal: { ...scene.personal, userName: "canary-nobody@personal.example" } };
    const byAnother = [
      await ended(scene, undefined, "contoso-sign-in"),
      await ended(nobodys, undefined, "contoso-sign-in"),
    ];
    const ofAnotherDevice = await ended(scene, scene.old.deviceId);
    const untouched = { told: toldSince(scene, before), codeCounts: await counts(scene, uri) };
    const withoutId = byAnother.map((reply) => ({ ...problemIn(reply), instance: "" }));
    const answers = [
      ofAnotherDevice,
      await ended(nobodys),
      await ended(scene, scene.phone.deviceId),
      await ended(scene, scene.phone.deviceId),
    ];
    expect({
      byAnother: byAnother.map(got),
      differ: new Set(withoutId.map((each) => JSON.stringify(each))).size,
      untouched,
      answers: answers.map(({ status, body }) => [status, body]),
      answersDiffer: new Set(answers.map((each) => JSON.stringify(plain(each)))).size,
      codeCountsInTheEnd: await counts(scene, uri),
    }).toEqual({
      byAnother: ["account-not-yours", "account-not-yours"],
      differ: 1,
      untouched: { told: [], codeCounts: true },
      answers: Array(4).fill([204, undefined]),
      answersDiffer: 1,
      codeCountsInTheEnd: false,
    });
  });
});

it("R15 R18 the password alone brings a code for an account that uses only codes, told before, and no other", async () => {
  const scene = await aRecovery();
  const { watched, owner } = scene;
  await proven(scene);
  const before = watched.told().length;
  const thief = await aPhone({ owner, app: watched.app });
  const { accounts } = recoveredIn(await recover(thief));
  expect({
    accounts: accounts.map(({ account, outcome, ...more }) => [account.kind, outcome, "credential" in more]),
    told: toldSince(scene, before),
  }).toEqual({
    accounts: [
      ["third-party", "restore", false],
      ["personal", "restore", true],
      ["work", "step-up", false],
      ["work", "step-up", false],
    ],
    told: [["recovery-requested", 1]],
  });
});
