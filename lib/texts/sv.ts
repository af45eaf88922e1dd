/** Svenska. */
import type { Facts, Texts } from "./texts.ts";

const notYou = ({ link }: Facts) =>
  link
    ? `Var det du behöver du inte göra något.\nVar det INTE du, stoppa det här:\n${link}`
    : `Var det du behöver du inte göra något.\nVar det INTE du, byt lösenord på ditt återställningskonto nu, visa sedan dina enheter i appen och återkalla dem du inte känner igen.`;

export const sv: Texts = {
  unnamed: "namnlös enhet",
  letters: {
    code: {
      subject: "Din kod",
      text: ({ code }) =>
        `${code} är din kod. Den gäller i tio minuter.\nIngen kommer någonsin att fråga dig om den: skriv den bara i appen, och bara om du nyss har bett om den.`,
    },
    recovered: {
      subject: "Dina konton återställdes på en enhet",
      text: (facts) =>
        `Kontona i din autentiseringsapp återställdes på enheten ”${facts.deviceName}” ${facts.at}.\n\n${notYou(facts)}`,
    },
    "recovery-requested": {
      subject: "En ny enhet frågar efter dina konton",
      text: (facts) =>
        `Enheten ”${facts.deviceName}”, som är ny eller har varit borta, loggade in som du ${facts.at} och bad om att få kontona i din autentiseringsapp återställda.\n\n${notYou(facts)}`,
    },
    "device-registered": {
      subject: "En enhet lades till",
      text: (facts) =>
        `Enheten ”${facts.deviceName}” lades till i din säkerhetskopia ${facts.at}.\n\n${notYou(facts)}`,
    },
    "device-returned": {
      subject: "En enhet släpptes in igen",
      text: (facts) =>
        `Enheten ”${facts.deviceName}” släpptes in till din säkerhetskopia igen ${facts.at}: den hade stängts av tills vidare, eller inte ändrat något på ett år.\n\n${notYou(facts)}`,
    },
    "device-displaced": {
      subject: "En enhet tog en annans plats",
      text: (facts) =>
        `Enheten ”${facts.deviceName}” kom till din säkerhetskopia ${facts.at}. Trettio enheter var i bruk, så den som inte hade synts till på längst tid fick lämna plats. Är den din, logga in på den igen.\n\n${notYou(facts)}`,
    },
    "device-repudiated": {
      subject: "En enhet stängdes ute",
      text: ({ deviceName, at }) =>
        `Enheten ”${deviceName}” anmäldes som inte din ${at}. Den har ingen åtkomst längre, dess återställning är stoppad och inget den har för dina privata konton och arbetskonton godtas.\n\nByt lösenord på ditt återställningskonto nu: någon kan känna till det.`,
    },
    "device-revoked": {
      subject: "En enhet togs bort",
      text: (facts) =>
        `Enheten ”${facts.deviceName}” har tagit bort en enhet ur din säkerhetskopia ${facts.at}.\n\n${notYou(facts)}`,
    },
    "device-suspended": {
      subject: "En ny enhet vill ta bort en annan",
      text: (facts) =>
        `Enheten ”${facts.deviceName}”, som nyligen fick tillgång till din säkerhetskopia, begärde ${facts.at} att en av dina äldre enheter ska tas bort. Den äldre är utestängd nu och tas bort för gott om några dagar. Om den fortfarande är din: logga in på den innan dess och säg det i appen.\n\n${notYou(facts)}`,
    },
    "plan-requested": {
      subject: "En ny enhet frågar efter dina konton",
      text: ({ at }) =>
        `En enhet som inte är registrerad eller har varit borta, inloggad som du, har sett listan över kontona i din autentiseringsapp ${at}.\n\nVar det inte du, byt lösenord på ditt återställningskonto nu: någon känner till det.`,
    },
    "credential-issued": {
      subject: "En enhet kan nu logga in åt dig",
      text: (facts) =>
        `Enheten ”${facts.deviceName}” har styrkt ett av dina konton och kan godkänna inloggningar till det sedan ${facts.at}.\n\n${notYou(facts)}`,
    },
    "contact-added": {
      subject: "En kontaktväg lades till",
      text: (facts) =>
        `En kontaktväg lades till i din säkerhetskopia från enheten ”${facts.deviceName}” ${facts.at}.\n\n${notYou(facts)}`,
    },
    "contact-removed": {
      subject: "En kontaktväg togs bort",
      text: (facts) =>
        `En kontaktväg togs bort ur din säkerhetskopia från enheten ”${facts.deviceName}” ${facts.at}.\n\n${notYou(facts)}`,
    },
    "contact-changed": {
      subject: "Språket för en kontaktväg ändrades",
      text: (facts) =>
        `Språket som en kontaktväg i din säkerhetskopia får meddelanden på ändrades från enheten ”${facts.deviceName}” ${facts.at}.\n\n${notYou(facts)}`,
    },
    "code-entered": {
      subject: "En kod skrevs in på en enhet",
      text: (facts) =>
        `Enheten ”${facts.deviceName}”, som har tillgång till din säkerhetskopia, skrev ${facts.at} in en kod som skickats till en av dina kontaktvägar. Den får nu göra allt som dina äldre enheter får göra.\n\n${notYou(facts)}`,
    },
    exported: {
      subject: "Hela din säkerhetskopia lämnades ut",
      text: (facts) =>
        `Enheten ”${facts.deviceName}” fick allt som sparas för din autentiseringsapp, även kontonas hemligheter, ${facts.at}.\n\n${notYou(facts)}`,
    },
    "backup-deleted": {
      subject: "Din säkerhetskopia stängdes av",
      text: (facts) =>
        `Enheten ”${facts.deviceName}” har stängt av din säkerhetskopia ${facts.at}. I några dagar kan du få tillbaka den i appen.\n\n${notYou(facts)}`,
    },
    "backup-shrunk": {
      subject: "Din säkerhetskopia har förlorat de flesta av sina konton",
      text: (facts) =>
        `Enheten ”${facts.deviceName}” ersatte ${facts.at} din säkerhetskopia med en som är mindre än hälften så stor. I en vecka kan den tidigare göras aktuell igen i appen.\n\n${notYou(facts)}`,
    },
    "backup-stale": {
      subject: "Din säkerhetskopia är för gammal",
      text: () =>
        `Säkerhetskopian av din autentiseringsapp går inte längre att lita på: den har inte förnyats, eller du har inte loggat in på ditt återställningskonto, på för länge.\n\nÖppna appen: den säger vad du ska göra. Det tar en minut, och en borttappad telefon väntar inte.`,
    },
    "erasure-requested": {
      subject: "Din säkerhetskopia kommer att raderas",
      text: (facts) =>
        `Allt som sparats för din autentiseringsapp kommer att raderas för gott, så som enheten ”${facts.deviceName}” begärde ${facts.at}. Fram till ${facts.eraseAt} kan det behållas, i appen.\n\n${notYou(facts)}`,
    },
    erased: {
      subject: "Din säkerhetskopia raderades",
      text: ({ at }) =>
        `Allt som sparats för din autentiseringsapp raderades för gott ${at}, så som begärdes i appen. Det går inte att få tillbaka.\n\nVar det inte du har dina enheter kvar dina konton: säkerhetskopiera dem på nytt och byt lösenord på ditt återställningskonto.`,
    },
    "account-moved": {
      subject: "Ett konto flyttades",
      text: ({ at }) =>
        `Ett av dina konton bands till ett annat återställningskonto ${at}, genom sin egen inloggning eller av organisationen som driver det. Dina enheter kan inte längre godkänna inloggningar till det.\n\nÄr det en nyhet för dig, byt lösenord på det kontot och fråga organisationen.`,
    },
  },
  page: {
    title: "Var det här du?",
    question: ({ deviceName, platform, registeredAt }) =>
      `Enheten ”${deviceName}” (${platform}), registrerad ${registeredAt}, har åtkomst till säkerhetskopian av din autentiseringsapp.`,
    lead: "Är det inte din enhet, tryck på knappen:",
    effects: [
      "Den förlorar genast åtkomsten till din säkerhetskopia och dess återställning stoppas.",
      "Det den återställde för privata konton och arbetskonton slutar fungera.",
      "Alla dina kontaktvägar får veta det.",
    ],
    button: "Det var inte jag: stäng ute den",
    keep: "Var det du kan du bara stänga sidan.",
    doneTitle: "Den är utestängd",
    done: [
      "Enheten har ingen åtkomst längre och dess återställning är stoppad.",
      "Byt nu lösenord på ditt återställningskonto: någon kan känna till det.",
      "Byt sedan lösenord på kontona i din autentiseringsapp, de viktigaste först.",
    ],
    unknownTitle: "Länken är inte giltig",
    unknown:
      "Öppna hela länken från meddelandet. Är den hel, visa dina enheter i appen och återkalla den du inte känner igen.",
    troubleTitle: "Det gick inte just nu",
    trouble: "Det är inte klart än. Försök igen om en stund.",
  },
};
