// Everything turned on, under the longest names. Never deployed: tests check names and settings on its snapshot.
using 'main.bicep'

param name = 'abcdefgh'
param alertEmail = 'operations@authenticator.example'
param monthlyBudget = 1000
param budgetStart = '2026-01-01'

param publicBaseUrl = 'https://backup.authenticator.example/api'
param emailDomain = 'mail.authenticator.example'
param emailDomainVerified = true
param smsSender = '+46700000000'
param issuers = [
  {
    issuer: 'https://login.authenticator.example/v2.0'
    audience: ['api://authenticator-backup', 'api://authenticator-backup-formerly']
    audienceClaim: 'client_id'
    role: 'recovery'
    tokens: 'id'
    clients: ['authenticator-app']
    subjectClaim: 'sub'
    authTimeClaim: 'auth_time'
    authContext: 'c1'
  }
  {
    issuer: 'https://login.authenticator.example/v2.0'
    audience: 'api://authenticator-backup'
    role: 'account'
    accountClaim: 'email'
  }
  {
    issuer: 'https://sts.provider.example'
    audience: 'api://authenticator-backup-providers'
    role: 'provider'
  }
]
param providers = [
  {
    clientId: 'provider-sign-in'
    accounts: [
      { issuer: 'https://sts.provider.example', tenants: ['contoso'] }
      { issuer: 'https://login.authenticator.example/v2.0' }
    ]
  }
]
param publicKeys = [
  {
    kid: 'https://kv1abcdefghpb2syuagfixsc.vault.azure.net/keys/backups/0123456789abcdef0123456789abcdef'
    kty: 'RSA'
    n: join(map(range(0, 64), i => 'sXchZYcg'), '')
    e: 'AQAB'
  }
]
param options = {
  ACCOUNT_SIGN_IN_MAX_AGE_SECONDS: '240'
  CONTACT_COOLING_OFF_HOURS: '48'
  CROSS_PLATFORM_RECOVERY: 'deny'
  ERASURE_DELAY_HOURS: '24'
  HISTORY_LENGTH: '12'
  KEY_REFRESH_SECONDS: '1800'
  MAX_UPLOAD_BYTES: '2097152'
  MIN_APP_VERSION_ANDROID: '7.0.1'
  MIN_APP_VERSION_IOS: '6.0.1'
  METRICS_COLLECTOR: 'https://collector.authenticator.example'
  METRICS_INTERVAL_SECONDS: '30'
  OWNER_AT_HAND: 'off'
  PRINTED_TICKET_DAYS: '180'
  RETIRED_KEY_IDS: 'https://kv1abcdefghpb2syuagfixsc.vault.azure.net/keys/backups/fedcba9876543210fedcba9876543210'
  SIGN_IN_AGING_DAYS: '50'
  SIGN_IN_MAX_AGE_SECONDS: '480'
  SIGN_IN_STALE_DAYS: '80'
  SMS_DAILY_LIMITS: '46:5000,*:100'
  TICKET_SECONDS: '300'
  UNDELETE_DAYS: '20'
  UPLOAD_AGING_DAYS: '100'
  UPLOAD_STALE_DAYS: '150'
}

param vaultCount = 5
param zoneRedundant = true
param alwaysReadyInstances = 5
param maximumInstances = 1000
param privateNetwork = true
param logBackupReads = true
param standbyPrincipalIds = ['00000000-0000-0000-0000-000000000003']
