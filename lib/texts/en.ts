/** English. */
import type { Facts, Texts } from "./texts.ts";

const notYou = ({ link }: Facts) =>
  link
    ? `If this was you, there is nothing to do.\nIf it was NOT you, stop it here:\n${link}`
    : `If this was you, there is nothing to do.\nIf it was NOT you, change the password of your recovery account now, then list your devices in the app and revoke those you don't know.`;

export const en: Texts = {
  unnamed: "unnamed device",
  letters: {
    code: {
      subject: "Your code",
      text: ({ code }) =>
        `${code} is your code. It is good for ten minutes.\nNobody will ever ask you for it: type it only into the app, and only if you have just asked for it.`,
    },
    recovered: {
      subject: "Your accounts were recovered on a device",
      text: (facts) =>
        `Your authenticator's accounts were recovered on the device "${facts.deviceName}" at ${facts.at}.\n\n${notYou(facts)}`,
    },
    "recovery-requested": {
      subject: "A new device asks for your accounts",
      text: (facts) =>
        `The device "${facts.deviceName}", which is new or was away, signed in as you at ${facts.at} and asked for your authenticator's accounts to be recovered on it.\n\n${notYou(facts)}`,
    },
    "device-registered": {
      subject: "A device was added",
      text: (facts) =>
        `The device "${facts.deviceName}" was added to your authenticator backup at ${facts.at}.\n\n${notYou(facts)}`,
    },
    "device-returned": {
      subject: "A device was let in again",
      text: (facts) =>
        `The device "${facts.deviceName}" was let in to your authenticator backup again at ${facts.at}: it had been suspended, or had changed nothing for a year.\n\n${notYou(facts)}`,
    },
    "device-displaced": {
      subject: "A device took the place of another",
      text: (facts) =>
        `The device "${facts.deviceName}" came to your authenticator backup at ${facts.at}. Thirty devices were in use, so the one that was unseen for the longest had to make room. If it is yours, sign in on it again.\n\n${notYou(facts)}`,
    },
    "device-repudiated": {
      subject: "A device was shut out",
      text: ({ deviceName, at }) =>
        `The device "${deviceName}" was reported as not yours at ${at}. It has lost access, its recovery is stopped, and nothing it holds for your personal and work accounts is accepted any more.\n\nChange the password of your recovery account now: somebody may know it.`,
    },
    "device-revoked": {
      subject: "A device was removed",
      text: (facts) =>
        `The device "${facts.deviceName}" has removed a device from your authenticator backup at ${facts.at}.\n\n${notYou(facts)}`,
    },
    "device-suspended": {
      subject: "A new device wants another one removed",
      text: (facts) =>
        `The device "${facts.deviceName}", which came to your authenticator backup lately, asked at ${facts.at} for an older device of yours to be removed. The older one is shut out now, and is removed for good in some days. If it is still yours, sign in on it and say so in the app before then.\n\n${notYou(facts)}`,
    },
    "plan-requested": {
      subject: "A new device asks for your accounts",
      text: ({ at }) =>
        `A device that isn't registered or was away, signed in as you, has looked at the list of your authenticator's accounts at ${at}.\n\nIf it wasn't you, change the password of your recovery account now: somebody knows it.`,
    },
    "credential-issued": {
      subject: "A device can now sign in for you",
      text: (facts) =>
        `The device "${facts.deviceName}" has proven one of your accounts and can approve sign-ins to it since ${facts.at}.\n\n${notYou(facts)}`,
    },
    "contact-added": {
      subject: "A contact was added",
      text: (facts) =>
        `A contact was added to your authenticator backup by the device "${facts.deviceName}" at ${facts.at}.\n\n${notYou(facts)}`,
    },
    "contact-removed": {
      subject: "A contact was removed",
      text: (facts) =>
        `A contact was removed from your authenticator backup by the device "${facts.deviceName}" at ${facts.at}.\n\n${notYou(facts)}`,
    },
    "contact-changed": {
      subject: "The language of a contact was changed",
      text: (facts) =>
        `The language that a contact of your authenticator backup is written to in was changed by the device "${facts.deviceName}" at ${facts.at}.\n\n${notYou(facts)}`,
    },
    "code-entered": {
      subject: "A code was entered on a device",
      text: (facts) =>
        `The device "${facts.deviceName}", which has access to your authenticator backup, has entered a code at ${facts.at} that was sent to one of your contacts. It may now do all that your older devices may.\n\n${notYou(facts)}`,
    },
    exported: {
      subject: "Your authenticator backup was handed out whole",
      text: (facts) =>
        `The device "${facts.deviceName}" was given everything that is kept for your authenticator, the secrets of its accounts included, at ${facts.at}.\n\n${notYou(facts)}`,
    },
    "backup-deleted": {
      subject: "Your authenticator backup was turned off",
      text: (facts) =>
        `The device "${facts.deviceName}" has turned your authenticator backup off at ${facts.at}. For some days it can be brought back in the app.\n\n${notYou(facts)}`,
    },
    "backup-shrunk": {
      subject: "Your authenticator backup lost most of its accounts",
      text: (facts) =>
        `The device "${facts.deviceName}" has replaced your authenticator backup at ${facts.at} by one that is less than half of what it was. For a week the former one can be made current again in the app.\n\n${notYou(facts)}`,
    },
    "backup-stale": {
      subject: "Your authenticator backup is out of date",
      text: () =>
        `Your authenticator backup can't be relied on any more: it hasn't been renewed, or you haven't signed in to your recovery account, for too long.\n\nOpen the authenticator app: it says what to do. It takes a minute, and a lost phone can't wait for it.`,
    },
    "erasure-requested": {
      subject: "Your authenticator backup will be erased",
      text: (facts) =>
        `Everything that is kept for your authenticator is going to be erased for good, as the device "${facts.deviceName}" asked at ${facts.at}. Until ${facts.eraseAt} it can be kept, in the app.\n\n${notYou(facts)}`,
    },
    erased: {
      subject: "Your authenticator backup was erased",
      text: ({ at }) =>
        `Everything that was kept for your authenticator was erased for good at ${at}, as you asked in the app. It can't be brought back.\n\nIf it wasn't you, your devices still have your accounts: back them up anew, and change the password of your recovery account.`,
    },
    "account-moved": {
      subject: "An account was moved",
      text: ({ at }) =>
        `One of your accounts was bound to another recovery account at ${at}, by its own sign-in or by the organisation that runs it. Devices of yours can't approve sign-ins to it any more.\n\nIf that is news to you, change that account's password, and ask the organisation.`,
    },
  },
  page: {
    title: "Was this you?",
    question: ({ deviceName, platform, registeredAt }) =>
      `The device “${deviceName}” (${platform}), registered at ${registeredAt}, has access to your authenticator backup.`,
    lead: "If that isn't your device, press the button:",
    effects: [
      "It loses access to your backup at once, and its recovery is stopped.",
      "What it recovered for personal and work accounts stops working.",
      "Everyone you named as a contact is told.",
    ],
    button: "This was not me: shut it out",
    keep: "If it was you, just close this page.",
    doneTitle: "It is shut out",
    done: [
      "The device has lost access, and its recovery is stopped.",
      "Now change the password of your recovery account: somebody may know it.",
      "Then change the passwords of the accounts in your authenticator, the important ones first.",
    ],
    unknownTitle: "This link is not valid",
    unknown:
      "Open the whole link from the message. If it is whole, list your devices in the app and revoke the one you don't know.",
    troubleTitle: "It didn't work just now",
    trouble: "It is not done yet. Please try again in a moment.",
  },
};
