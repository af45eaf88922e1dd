// A storage account without keys or public blobs, and with or without a history.
import { Tags } from 'types.bicep'

param name string
param location string
param tags Tags
param sku string

@description('How many days back its blobs can be restored. Left out: deleted blobs are gone.')
param restoreDays int?
param containers string[]
param queues string[] = []
param privateNetwork bool

var hasHistory = restoreDays != null
// Soft delete and former versions must outlast the restorable days by one.
var keptDays = (restoreDays ?? 0) + 1

resource account 'Microsoft.Storage/storageAccounts@2026-04-01' = {
  name: name
  location: location
  tags: tags
  sku: { name: sku }
  kind: 'StorageV2'
  properties: {
    accessTier: 'Hot'
    allowBlobPublicAccess: false
    allowCrossTenantReplication: false
    allowSharedKeyAccess: false
    defaultToOAuthAuthentication: true
    isLocalUserEnabled: false
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
    publicNetworkAccess: privateNetwork ? 'Disabled' : 'Enabled'
    // The lifecycle rule runs as an Azure service.
    networkAcls: {
      bypass: hasHistory ? 'AzureServices' : 'None'
      defaultAction: privateNetwork ? 'Deny' : 'Allow'
    }
  }
}

resource blobs 'Microsoft.Storage/storageAccounts/blobServices@2026-04-01' = {
  parent: account
  name: 'default'
  properties: {
    isVersioningEnabled: hasHistory
    changeFeed: hasHistory ? { enabled: true, retentionInDays: keptDays } : { enabled: false }
    deleteRetentionPolicy: hasHistory ? { enabled: true, days: keptDays } : { enabled: false }
    containerDeleteRetentionPolicy: hasHistory ? { enabled: true, days: keptDays } : { enabled: false }
    restorePolicy: hasHistory ? { enabled: true, days: restoreDays! } : { enabled: false }
  }

  resource container 'containers' = [
    for container in containers: {
      name: container
      properties: { publicAccess: 'None' }
    }
  ]
}

// Without it former versions would pile up forever.
resource lifecycle 'Microsoft.Storage/storageAccounts/managementPolicies@2026-04-01' = if (hasHistory) {
  parent: account
  name: 'default'
  properties: {
    policy: {
      rules: [
        {
          name: 'drop-former-versions'
          type: 'Lifecycle'
          enabled: true
          definition: {
            filters: { blobTypes: ['blockBlob', 'appendBlob'] }
            actions: { version: { delete: { daysAfterCreationGreaterThan: keptDays } } }
          }
        }
      ]
    }
  }
  dependsOn: [blobs]
}

resource queueService 'Microsoft.Storage/storageAccounts/queueServices@2026-04-01' = if (!empty(queues)) {
  parent: account
  name: 'default'

  resource queue 'queues' = [
    for queue in queues: {
      name: queue
    }
  ]
}
