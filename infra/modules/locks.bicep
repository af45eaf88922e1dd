// Locks: not even an owner of the subscription deletes these without first removing the lock.
param accounts string[]
param vaults string[]
param workspace string

var notes = 'Holds what can not be made again.'

resource account 'Microsoft.Storage/storageAccounts@2026-04-01' existing = [
  for name in accounts: {
    name: name
  }
]

resource vault 'Microsoft.KeyVault/vaults@2026-02-01' existing = [
  for name in vaults: {
    name: name
  }
]

resource logs 'Microsoft.OperationalInsights/workspaces@2026-03-01' existing = {
  name: workspace
}

resource accountLock 'Microsoft.Authorization/locks@2020-05-01' = [
  for (name, i) in accounts: {
    name: 'keep'
    scope: account[i]
    properties: { level: 'CanNotDelete', notes: notes }
  }
]

resource vaultLock 'Microsoft.Authorization/locks@2020-05-01' = [
  for (name, i) in vaults: {
    name: 'keep'
    scope: vault[i]
    properties: { level: 'CanNotDelete', notes: notes }
  }
]

resource logsLock 'Microsoft.Authorization/locks@2020-05-01' = {
  name: 'keep'
  scope: logs
  properties: { level: 'CanNotDelete', notes: notes }
}
