/** The audiences of the issuer's tokens: the API for people, only its provider side for providers' apps. */
export const audienceOfPeople = "api://authenticator-backup";
export const audienceOfApps = "api://authenticator-backup-providers";
