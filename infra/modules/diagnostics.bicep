// Logs to the workspace who used keys and data, and when.
param workspaceId string

@description('Two workspaces need two settings.')
param name string
param backupsAccount string
param keysAccount string
param vaults string[]
param logBackupReads bool

resource vault 'Microsoft.KeyVault/vaults@2026-02-01' existing = [
  for each in vaults: {
    name: each
  }
]

resource backups 'Microsoft.Storage/storageAccounts/blobServices@2026-04-01' existing = {
  name: '${backupsAccount}/default'
}

resource queues 'Microsoft.Storage/storageAccounts/queueServices@2026-04-01' existing = {
  name: '${backupsAccount}/default'
}

resource keys 'Microsoft.Storage/storageAccounts/blobServices@2026-04-01' existing = {
  name: '${keysAccount}/default'
}

#disable-next-line use-recent-api-versions // The stable one, of 2016, knows no category groups.
resource ofVault 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = [
  for (each, i) in vaults: {
    name: name
    scope: vault[i]
    properties: {
      workspaceId: workspaceId
      logAnalyticsDestinationType: 'Dedicated'
      logs: [{ categoryGroup: 'audit', enabled: true }]
    }
  }
]

#disable-next-line use-recent-api-versions // The stable one, of 2016, knows no category groups.
resource ofBackups 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: name
  scope: backups
  properties: {
    workspaceId: workspaceId
    logs: [
      { category: 'StorageRead', enabled: logBackupReads }
      { category: 'StorageWrite', enabled: true }
      { category: 'StorageDelete', enabled: true }
    ]
  }
}

#disable-next-line use-recent-api-versions // The stable one, of 2016, knows no category groups.
resource ofQueues 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: name
  scope: queues
  properties: {
    workspaceId: workspaceId
    logs: [
      { category: 'StorageRead', enabled: logBackupReads }
      { category: 'StorageWrite', enabled: true }
      { category: 'StorageDelete', enabled: true }
    ]
  }
}

#disable-next-line use-recent-api-versions // The stable one, of 2016, knows no category groups.
resource ofKeys 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: name
  scope: keys
  properties: {
    workspaceId: workspaceId
    logs: [
      { category: 'StorageRead', enabled: true }
      { category: 'StorageWrite', enabled: true }
      { category: 'StorageDelete', enabled: true }
    ]
  }
}
