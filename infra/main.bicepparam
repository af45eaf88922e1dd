// The production service. Replace every "example"; README.md says where the values come from.
using 'main.bicep'

param name = 'authbkp'
param alertEmail = 'operations@authenticator.example'
param monthlyBudget = 300
// The month of the first deployment; never change it.
param budgetStart = '2026-12-01'

param publicBaseUrl = 'https://backup.authenticator.example/api'
param emailDomain = 'mail.authenticator.example'
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

param redundancy = 'Standard_GZRS'
param zoneRedundant = true
param alwaysReadyInstances = 2
