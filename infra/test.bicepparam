// A small environment for trials: scales to zero, keeps its keys in software, and can be deleted.
using 'main.bicep'

param name = 'authtst'
param alertEmail = 'developers@authenticator.example'
param monthlyBudget = 20
// The month of the first deployment; never change it.
param budgetStart = '2026-12-01'

param issuers = [
  {
    issuer: 'https://login.test.authenticator.example'
    audience: 'api://authenticator-backup'
    role: 'recovery'
  }
]

param redundancy = 'Standard_LRS'
param vaultSku = 'standard'
param alwaysReadyInstances = 0
param maximumInstances = 40
param instanceMemoryMB = 512
param requestsPerInstance = 4
param restoreDays = 7
param logDays = 30
param deleteLocks = false
