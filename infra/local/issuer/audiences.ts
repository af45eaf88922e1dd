/** Whom the issuer's tokens are for: those of people are for the API, those of providers' apps for its provider side alone. */
export const audienceOfPeople = "api://authenticator-backup";
export const audienceOfApps = "api://authenticator-backup-providers";
