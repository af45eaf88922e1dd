// The standby of main.bicepparam. Most values are outputs of that deployment: README.md, A region is lost.
using 'standby.bicep'

param name = 'authsby'
param alertEmail = 'operations@authenticator.example'

param dataResourceGroup = 'rg-authenticator-backup'
param firstPrincipalId = '00000000-0000-0000-0000-000000000004'
param backupsAccount = 'stbauthbkppb2syuagfixsc'
param keysAccount = 'stkauthbkppb2syuagfixsc'
param keyIds = [
  'https://kv1authbkppb2syuagfixsc.vault.azure.net/keys/backups/0123456789abcdef0123456789abcdef'
]
param communicationName = 'acs-authbkp-pb2syuagfixsc'
param communicationService = 'https://acs-authbkp-pb2syuagfixsc.europe.communication.azure.com'
param emailSender = 'no-reply@mail.authenticator.example'

param publicBaseUrl = 'https://backup.authenticator.example/api'
param issuers = [
  {
    issuer: 'https://login.authenticator.example'
    audience: 'api://authenticator-backup'
    role: 'recovery'
  }
  {
    issuer: 'https://login.authenticator.example'
    audience: 'api://authenticator-backup'
    role: 'account'
  }
]
