// What several files share. Most types are of settings of the app: lib/config/config.ts is their schema, and test/infra holds both together.

@export()
@description('Those that the app reads, and beside each the one where the host puts what has failed too often.')
var queues = ['messages', 'messages-poison', 'sweeps', 'sweeps-poison']

@export()
@description('The name itself, if storage accounts and vaults can have it in theirs; else the deployment fails at once and says why.')
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
  @description('Text, or a list of texts, which no type can say; the app checks it when it starts.')
  #disable-next-line no-explicit-any
  audience: any
  @description('The claim that holds the audience where tokens have no aud.')
  audienceClaim: string?
  @description('recovery: the owner\'s own account. account: sign-ins that prove personal accounts. provider: apps of providers.')
  role: 'recovery' | 'account' | 'provider'
  @description('Which tokens it is to be asked for; id where it has no others that a backend can check, never for provider.')
  tokens: ('access' | 'id')?
  @description('The apps that count where a token has a list of audiences.')
  clients: string[]?
  @description('The claim that names the owner, sub if left out; oid counts together with tid. Never change it once there are owners.')
  subjectClaim: string?
  @description('The claim that says when the owner signed in, auth_time if left out.')
  authTimeClaim: string?
  @description('The claim that holds the user name, where tokens prove personal accounts.')
  accountClaim: string?
  @description('It speaks Entra\'s claims challenge, with this context.')
  authContext: string?
}

@export()
@sealed()
type Provider = {
  clientId: string
  @description('By whom the app\'s tokens are issued: needed where several issuers have the role provider.')
  issuer: string?
  accounts: { issuer: string, tenants: string[]? }[]
}

@export()
@sealed()
type PublicKey = { kid: string, kty: 'RSA', n: string, e: string }

@export()
@sealed()
@description('Settings that the app has a default for. A new one is a line here; one that the template works out stands in app-settings.bicep.')
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
