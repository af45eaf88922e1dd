// Shared types, mostly of the app's settings: lib/config/schema.ts is their schema, and test/infra compares the two.

@export()
@description('The queues that the app reads, each with its twin for messages that failed too often.')
var queues = ['messages', 'messages-poison', 'sweeps', 'sweeps-poison']

@export()
@description('The name itself, if storage accounts and vaults accept it; otherwise the deployment fails at once and says why.')
func usable(name string) string =>
  empty(filter(
      map(range(0, length(name)), i => substring(name, i, 1)),
      letter => !contains('abcdefghijklmnopqrstuvwxyz0123456789', letter)
    ))
    ? name
    : fail('name: only lower-case letters and digits')

@export()
type Tags = { *: string }

@export()
@sealed()
type Issuer = {
  issuer: string
  @description('Text, or a list of texts, which no type can express; the app checks it at its start.')
  #disable-next-line no-explicit-any
  audience: any
  @description('The claim with the audience in tokens without aud.')
  audienceClaim: string?
  @description('recovery: the owner\'s own account. account: sign-ins that prove personal accounts. provider: apps of providers.')
  role: 'recovery' | 'account' | 'provider'
  @description('The tokens to ask for; id if a backend can check no others. Never id for provider.')
  tokens: ('access' | 'id')?
  @description('The accepted apps for tokens with several audiences.')
  clients: string[]?
  @description('The claim that identifies the owner; default sub. oid counts together with tid. Never change it once there are owners.')
  subjectClaim: string?
  @description('The claim with the owner\'s sign-in time; default auth_time.')
  authTimeClaim: string?
  @description('The claim with the user name, for tokens that prove personal accounts.')
  accountClaim: string?
  @description('Set if it supports Entra\'s claims challenge: the context to ask for.')
  authContext: string?
}

@export()
@sealed()
type Provider = {
  clientId: string
  @description('The issuer of the app\'s tokens: needed if several issuers have the role provider.')
  issuer: string?
  accounts: { issuer: string, tenants: string[]? }[]
}

@export()
@sealed()
type PublicKey = { kid: string, kty: 'RSA', n: string, e: string }

@export()
@sealed()
@description('Settings with a default in the app. A new one is a line here; those that the template computes are in app-settings.bicep.')
type Options = {
  ACCOUNT_SIGN_IN_MAX_AGE_SECONDS: string?
  CONTACT_COOLING_OFF_HOURS: string?
  CROSS_PLATFORM_RECOVERY: ('portable' | 'deny')?
  ERASURE_DELAY_HOURS: string?
  HISTORY_LENGTH: string?
  KEY_REFRESH_SECONDS: string?
  MAX_UPLOAD_BYTES: string?
  MIN_APP_VERSION_ANDROID: string?
  MIN_APP_VERSION_IOS: string?
  METRICS_COLLECTOR: string?
  METRICS_INTERVAL_SECONDS: string?
  OWNER_AT_HAND: ('on' | 'off')?
  PRINTED_TICKET_DAYS: string?
  RETIRED_KEY_IDS: string?
  SIGN_IN_AGING_DAYS: string?
  SIGN_IN_MAX_AGE_SECONDS: string?
  SIGN_IN_STALE_DAYS: string?
  SMS_DAILY_LIMITS: string?
  TICKET_SECONDS: string?
  UNDELETE_DAYS: string?
  UPLOAD_AGING_DAYS: string?
  UPLOAD_STALE_DAYS: string?
}
