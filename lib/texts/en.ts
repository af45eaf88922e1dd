/** The English texts. */
import type { Facts, Texts } from "./texts.ts";

const notYou = ({ link }: Facts) =>
  link
    ? `If this was you, you don't need to do anything.\nIf it was NOT you, stop it here:\n${link}`
    : `If this was you, you don't need to do anything.\nIf it was NOT you, change the password of your recovery account now. Then open the list of your devices in the app and revoke those you don't know.`;

export const en: Texts = {
  unnamed: "unnamed device",
  letters: {
    code: {
      subject: "Your code",
      text: ({ code }) =>
        `${code} is your code. It works for ten minutes.\nNobody will ever ask you for it. Type it only into the app, and only if you have just asked for it.`,
    },
    recovered: {
      subject: "Your accounts were recovered on a device",
      text: (facts) =>
        `The accounts in your authenticator were recovered on the device "${facts.deviceName}" at ${facts.at}.\n\n${notYou(facts)}`,
    },
    "recovery-requested": {
      subject: "A new device asks for your accounts",
      text: (facts) =>
        `The device "${facts.deviceName}", which is new or was away for long, signed in as you at ${facts.at} and asked to recover the accounts in your authenticator.\n\n${notYou(facts)}`,
    },
    "device-registered": {
      subject: "A device was added",
      text: (facts) =>
        `The device "${facts.deviceName}" was added to your authenticator backup at ${facts.at}.\n\n${notYou(facts)}`,
    },
    "device-returned": {
      subject: "A device was let in again",
      text: (facts) =>
        `The device "${facts.deviceName}" got access to your authenticator backup again at ${facts.at}. It had been suspended, or hadn't changed anything for a year.\n\n${notYou(facts)}`,
    },
    "device-displaced": {
      subject: "A device took the place of another",
      text: (facts) =>
        `The device "${facts.deviceName}" joined your authenticator backup at ${facts.at}. Thirty devices were already in use, so the one not seen for the longest time had to make room. If you still use that one, sign in on it again.\n\n${notYou(facts)}`,
    },
    "device-repudiated": {
      subject: "A device was shut out",
      text: ({ deviceName, at }) =>
        `The device "${deviceName}" was reported as not yours at ${at}. It has lost access, its recovery is stopped, and its codes and approvals for your personal and work accounts no longer count.\n\nChange the password of your recovery account now: somebody may know it.`,
    },
    "device-revoked": {
      subject: "A device was removed",
      text: (facts) =>
        `The device "${facts.deviceName}" removed another device from your authenticator backup at ${facts.at}.\n\n${notYou(facts)}`,
    },
    "device-suspended": {
      subject: "A new device wants another one removed",
      text: (facts) =>
        `The device "${facts.deviceName}", which came to your authenticator backup lately, asked at ${facts.at} for another device of yours to be removed. That one is shut out now, and is removed for good at ${facts.revokeAt}. If it is still yours, sign in on it and say so in the app before then.\n\n${notYou(facts)}`,
    },
    "plan-requested": {
      subject: "A new device asks for your accounts",
      text: ({ at }) =>
        `A device that is new or was away for long signed in as you and looked at the list of the accounts in your authenticator at ${at}.\n\nIf it wasn't you, change the password of your recovery account now: somebody knows it.`,
    },
    "credential-issued": {
      subject: "A device can now sign in for you",
      text: (facts) =>
        `The device "${facts.deviceName}" proved one of your accounts at ${facts.at}. It can now approve sign-ins to that account.\n\n${notYou(facts)}`,
    },
    "contact-added": {
      subject: "A contact was added",
      text: (facts) =>
        `The device "${facts.deviceName}" added a contact to your authenticator backup at ${facts.at}.\n\n${notYou(facts)}`,
    },
    "contact-removed": {
      subject: "A contact was removed",
      text: (facts) =>
        `The device "${facts.deviceName}" removed a contact from your authenticator backup at ${facts.at}.\n\n${notYou(facts)}`,
    },
    "contact-changed": {
      subject: "A contact's language was changed",
      text: (facts) =>
        `The device "${facts.deviceName}" changed the language of a contact of your authenticator backup at ${facts.at}.\n\n${notYou(facts)}`,
    },
    "code-entered": {
      subject: "A code was entered on a device",
      text: (facts) =>
        `The device "${facts.deviceName}", which has access to your authenticator backup, has entered a code at ${facts.at} that was sent to one of your contacts. It may now do all that your older devices may.\n\n${notYou(facts)}`,
    },
    exported: {
      subject: "Your authenticator backup was exported",
      text: (facts) =>
        `The device "${facts.deviceName}" exported everything that is stored for your authenticator, including the secrets of its accounts, at ${facts.at}.\n\n${notYou(facts)}`,
    },
    "backup-deleted": {
      subject: "Your authenticator backup was turned off",
      text: (facts) =>
        `The device "${facts.deviceName}" turned off your authenticator backup at ${facts.at}. For some days you can bring it back in the app.\n\n${notYou(facts)}`,
    },
    "backup-shrunk": {
      subject: "Your authenticator backup lost most of its accounts",
      text: (facts) =>
        `The device "${facts.deviceName}" has replaced your authenticator backup at ${facts.at} by one that is less than half of what it was. For a week the former one can be made current again in the app.\n\n${notYou(facts)}`,
    },
    "backup-stale": {
      subject: "Your authenticator backup is out of date",
      text: () =>
        `You can't rely on your authenticator backup any more: it hasn't been updated, or you haven't signed in to your recovery account, for too long.\n\nOpen the authenticator app: it says what to do. It takes a minute. Once your phone is lost, it is too late.`,
    },
    "erasure-requested": {
      subject: "Your authenticator backup will be erased",
      text: (facts) =>
        `The device "${facts.deviceName}" asked at ${facts.at} to erase everything that is stored for your authenticator, for good. You can stop this in the app until ${facts.eraseAt}.\n\n${notYou(facts)}`,
    },
    erased: {
      subject: "Your authenticator backup was erased",
      text: ({ at, before }) =>
        `Everything that was stored for your authenticator was erased for good at ${at}, as a device that was signed in as you asked. It can't be brought back.\n\n${before && `What happened in the days before, and when last:\n${before}\n\n`}If it wasn't you, change the password of your recovery account now, then the passwords of the accounts in your authenticator. Your devices still have your accounts: back them up again.`,
    },
    "account-moved": {
      subject: "An account was moved",
      text: ({ at }) =>
        `One of your accounts moved to another recovery account at ${at}, by its own sign-in or by the organisation that runs it. Your devices can no longer approve sign-ins to it.\n\nIf you didn't expect this, change that account's password and ask the organisation.`,
    },
    "credentials-ended": {
      subject: "An account has to be proven again",
      text: ({ at }) =>
        `At ${at} the organisation that runs one of your accounts ended what your authenticator approves sign-ins to it with, on one of your devices or on all. To use the account there again, recover it in the app and prove that it is yours.\n\nIf that is news to you, ask the organisation.`,
    },
  },
  happened: {
    recovered: "accounts recovered on a device",
    "device-registered": "a device added",
    exported: "everything exported",
    "contact-removed": "a contact removed",
  },
  page: {
    title: "Was this you?",
    question: ({ deviceName, platform, registeredAt }) =>
      `The device “${deviceName}” (${platform}), registered at ${registeredAt}, has access to your authenticator backup.`,
    lead: "If that isn't your device, press the button:",
    effects: [
      "It loses access to your backup at once, and its recovery is stopped.",
      "Its codes and approvals for your personal and work accounts no longer count.",
      "All your contacts get a message.",
    ],
    button: "This was not me: shut it out",
    undoQuestion:
      "The device that the message is about has no access to your authenticator backup now. But what it did there may still count.",
    undoEffects: [
      "It can't come back.",
      "What it did to your contacts in the last days is undone, and devices that it shut out are let in again.",
      "If it asked to erase everything, nothing is erased.",
    ],
    undoButton: "This was not me: undo what it did",
    keep: "If it is your device, just close this page.",
    doneTitle: "It is shut out",
    done: [
      "The device has lost access, and its recovery is stopped.",
      "Now change the password of your recovery account: somebody may know it.",
      "Then change the passwords of the accounts in your authenticator, the important ones first.",
    ],
    erasedTitle: "Everything was erased",
    erased: [
      "After this message was sent, everything that was stored for your authenticator was erased. No device has access any more, so there is none to shut out.",
      "If that wasn't you, somebody knows the password of your recovery account: change it now.",
      "If the message is about a recovery or an export, that device may have the secrets of your accounts. Change the passwords of the accounts in your authenticator, the important ones first, and set up their codes anew.",
      "Tell the organisations that run your most important accounts, such as your bank and your employer: they can lock them.",
      "Your own devices still have your accounts. Back them up anew when the password is changed.",
    ],
    unknownTitle: "This link is not valid",
    unknown:
      "Open the complete link from the message. If that doesn't help, open the list of your devices in the app and revoke the one you don't know.",
    troubleTitle: "It didn't work just now",
    trouble: "It may not be done yet. Please try again in a moment.",
  },
};
