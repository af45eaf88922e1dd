/** The Swedish texts. */
import type { Facts, Texts } from "./texts.ts";

const notYou = ({ link }: Facts) =>
  link
    ? `Om det var du behöver du inte göra något.\nOm det INTE var du, stoppa det här:\n${link}`
    : `Om det var du behöver du inte göra något.\nOm det INTE var du, byt lösenord på ditt återställningskonto nu. Öppna sedan listan över dina enheter i appen och återkalla dem du inte känner igen.`;

export const sv: Texts = {
  unnamed: "namnlös enhet",
  letters: {
    code: {
      subject: "Din kod",
      text: ({ code }) =>
        `${code} är din kod. Den gäller i tio minuter.\nIngen kommer någonsin att be dig om den. Skriv den bara i appen, och bara om du själv nyss bad om den.`,
    },
    recovered: {
      subject: "Dina konton återställdes på en enhet",
      text: (facts) =>
        `Kontona i din autentiseringsapp återställdes på enheten ”${facts.deviceName}” ${facts.at}.\n\n${notYou(facts)}`,
    },
    "recovery-requested": {
      subject: "En ny enhet frågar efter dina konton",
      text: (facts) =>
        `Enheten ”${facts.deviceName}”, som är ny eller har varit borta länge, loggade in som du ${facts.at} och begärde att få återställa kontona i din autentiseringsapp.\n\n${notYou(facts)}`,
    },
    "device-registered": {
      subject: "En enhet lades till",
      text: (facts) =>
        `Enheten ”${facts.deviceName}” lades till i din säkerhetskopia ${facts.at}.\n\n${notYou(facts)}`,
    },
    "device-returned": {
      subject: "En enhet släpptes in igen",
      text: (facts) =>
        `Enheten ”${facts.deviceName}” fick åtkomst till din säkerhetskopia igen ${facts.at}. Den hade varit avstängd tills vidare, eller inte ändrat något på ett år.\n\n${notYou(facts)}`,
    },
    "device-displaced": {
      subject: "En enhet tog en annans plats",
      text: (facts) =>
        `Enheten ”${facts.deviceName}” anslöts till din säkerhetskopia ${facts.at}. Trettio enheter användes redan, så den som inte hade synts till på längst tid fick lämna plats. Om du fortfarande använder den, logga in på den igen.\n\n${notYou(facts)}`,
    },
    "device-repudiated": {
      subject: "En enhet stängdes ute",
      text: ({ deviceName, at }) =>
        `Enheten ”${deviceName}” anmäldes ${at} som inte din. Den har ingen åtkomst längre, dess återställning är stoppad och dess koder och godkännanden för dina privata konton och arbetskonton gäller inte längre.\n\nByt lösenord på ditt återställningskonto nu: någon kan känna till det.`,
    },
    "device-revoked": {
      subject: "En enhet togs bort",
      text: (facts) =>
        `Enheten ”${facts.deviceName}” tog bort en annan enhet från din säkerhetskopia ${facts.at}.\n\n${notYou(facts)}`,
    },
    "device-suspended": {
      subject: "En ny enhet vill ta bort en annan",
      text: (facts) =>
        `Enheten ”${facts.deviceName}”, som nyligen fick tillgång till din säkerhetskopia, begärde ${facts.at} att en annan av dina enheter ska tas bort. Den är utestängd nu och tas bort för gott ${facts.revokeAt}. Om den fortfarande är din: logga in på den innan dess och säg det i appen.\n\n${notYou(facts)}`,
    },
    "plan-requested": {
      subject: "En ny enhet frågar efter dina konton",
      text: ({ at }) =>
        `En enhet som är ny eller har varit borta länge loggade in som du och tittade på listan över kontona i din autentiseringsapp ${at}.\n\nOm det inte var du, byt lösenord på ditt återställningskonto nu: någon känner till det.`,
    },
    "credential-issued": {
      subject: "En enhet kan nu logga in åt dig",
      text: (facts) =>
        `Enheten ”${facts.deviceName}” verifierade ett av dina konton ${facts.at}. Den kan nu godkänna inloggningar till det kontot.\n\n${notYou(facts)}`,
    },
    "contact-added": {
      subject: "En kontaktväg lades till",
      text: (facts) =>
        `Enheten ”${facts.deviceName}” lade till en kontaktväg för din säkerhetskopia ${facts.at}.\n\n${notYou(facts)}`,
    },
    "contact-removed": {
      subject: "En kontaktväg togs bort",
      text: (facts) =>
        `Enheten ”${facts.deviceName}” tog bort en kontaktväg för din säkerhetskopia ${facts.at}.\n\n${notYou(facts)}`,
    },
    "contact-changed": {
      subject: "Språket för en kontaktväg ändrades",
      text: (facts) =>
        `Enheten ”${facts.deviceName}” ändrade språket för en kontaktväg för din säkerhetskopia ${facts.at}.\n\n${notYou(facts)}`,
    },
    "code-entered": {
      subject: "En kod skrevs in på en enhet",
      text: (facts) =>
        `Enheten ”${facts.deviceName}”, som har tillgång till din säkerhetskopia, skrev ${facts.at} in en kod som skickats till en av dina kontaktvägar. Den får nu göra allt som dina äldre enheter får göra.\n\n${notYou(facts)}`,
    },
    exported: {
      subject: "Din säkerhetskopia exporterades",
      text: (facts) =>
        `Enheten ”${facts.deviceName}” exporterade ${facts.at} allt som är sparat för din autentiseringsapp, även kontonas hemligheter.\n\n${notYou(facts)}`,
    },
    "backup-deleted": {
      subject: "Din säkerhetskopia stängdes av",
      text: (facts) =>
        `Enheten ”${facts.deviceName}” stängde av din säkerhetskopia ${facts.at}. I några dagar kan du få tillbaka den i appen.\n\n${notYou(facts)}`,
    },
    "backup-shrunk": {
      subject: "Din säkerhetskopia har förlorat de flesta av sina konton",
      text: (facts) =>
        `Enheten ”${facts.deviceName}” ersatte ${facts.at} din säkerhetskopia med en som är mindre än hälften så stor. I en vecka kan den tidigare göras aktuell igen i appen.\n\n${notYou(facts)}`,
    },
    "backup-stale": {
      subject: "Din säkerhetskopia är för gammal",
      text: () =>
        `Du kan inte längre lita på säkerhetskopian av din autentiseringsapp: det är för länge sedan den uppdaterades eller du loggade in på ditt återställningskonto.\n\nÖppna autentiseringsappen: den säger vad du ska göra. Det tar en minut. När telefonen väl är borta är det för sent.`,
    },
    "erasure-requested": {
      subject: "Din säkerhetskopia kommer att raderas",
      text: (facts) =>
        `Enheten ”${facts.deviceName}” begärde ${facts.at} att allt som är sparat för din autentiseringsapp ska raderas för gott. Du kan stoppa det i appen fram till ${facts.eraseAt}.\n\n${notYou(facts)}`,
    },
    erased: {
      subject: "Din säkerhetskopia raderades",
      text: ({ at, before }) =>
        `Allt som sparats för din autentiseringsapp raderades för gott ${at}, så som en enhet som var inloggad som du begärde. Det går inte att få tillbaka.\n\n${before && `Det här hände dagarna innan, och när senast:\n${before}\n\n`}Var det inte du, byt lösenord på ditt återställningskonto nu och sedan på kontona i din autentiseringsapp. Dina enheter har kvar dina konton: säkerhetskopiera dem på nytt.`,
    },
    "account-moved": {
      subject: "Ett konto flyttades",
      text: ({ at }) =>
        `Ett av dina konton flyttades till ett annat återställningskonto ${at}, genom kontots egen inloggning eller av organisationen som driver det. Dina enheter kan inte längre godkänna inloggningar till det.\n\nOm du inte väntade dig det, byt lösenord på det kontot och fråga organisationen.`,
    },
    "credentials-ended": {
      subject: "Du behöver styrka ett konto på nytt",
      text: ({ at }) =>
        `Organisationen som driver ett av dina konton avslutade ${at} det som din autentiseringsapp godkänner inloggningar till kontot med, på en av dina enheter eller på alla. Vill du använda kontot där igen, återställ det i appen och styrk att det är ditt.\n\nÄr det en nyhet för dig, fråga organisationen.`,
    },
  },
  happened: {
    recovered: "konton återställdes på en enhet",
    "device-registered": "en enhet lades till",
    exported: "allt lämnades ut",
    "contact-removed": "en kontaktväg togs bort",
  },
  page: {
    title: "Var det här du?",
    question: ({ deviceName, platform, registeredAt }) =>
      `Enheten ”${deviceName}” (${platform}), registrerad ${registeredAt}, har åtkomst till säkerhetskopian av din autentiseringsapp.`,
    lead: "Om det inte är din enhet, tryck på knappen:",
    effects: [
      "Den förlorar genast åtkomsten till din säkerhetskopia och dess återställning stoppas.",
      "Dess koder och godkännanden för dina privata konton och arbetskonton gäller inte längre.",
      "Alla dina kontaktvägar får ett meddelande.",
    ],
    button: "Det var inte jag: stäng ute den",
    undoQuestion:
      "Enheten som meddelandet handlar om har ingen åtkomst till säkerhetskopian av din autentiseringsapp nu. Men det den gjorde där kan fortfarande gälla.",
    undoEffects: [
      "Den kan inte komma tillbaka.",
      "Det den gjorde med dina kontaktvägar de senaste dagarna görs ogjort, och enheter som den stängde ute släpps in igen.",
      "Om den bad om att allt skulle raderas raderas ingenting.",
    ],
    undoButton: "Det var inte jag: gör det ogjort",
    keep: "Om det är din enhet kan du bara stänga sidan.",
    doneTitle: "Den är utestängd",
    done: [
      "Enheten har ingen åtkomst längre och dess återställning är stoppad.",
      "Byt nu lösenord på ditt återställningskonto: någon kan känna till det.",
      "Byt sedan lösenord på kontona i din autentiseringsapp, de viktigaste först.",
    ],
    erasedTitle: "Allt har raderats",
    erased: [
      "Efter att meddelandet skickades raderades allt som sparats för din autentiseringsapp. Ingen enhet har åtkomst längre, så det finns ingen att stänga ute.",
      "Var det inte du känner någon till lösenordet till ditt återställningskonto: byt det nu.",
      "Handlar meddelandet om en återställning eller om att allt lämnades ut kan den enheten ha hemligheterna till dina konton. Byt lösenord på kontona i din autentiseringsapp, de viktigaste först, och ställ in deras koder på nytt.",
      "Hör av dig till dem som driver dina viktigaste konton, till exempel banken och arbetsgivaren: de kan spärra dem.",
      "Dina egna enheter har kvar dina konton. Säkerhetskopiera dem på nytt när lösenordet är bytt.",
    ],
    unknownTitle: "Länken är inte giltig",
    unknown:
      "Öppna hela länken från meddelandet. Om det inte hjälper, öppna listan över dina enheter i appen och återkalla den du inte känner igen.",
    troubleTitle: "Det gick inte just nu",
    trouble: "Det kanske inte är klart än. Försök igen om en stund.",
  },
};
