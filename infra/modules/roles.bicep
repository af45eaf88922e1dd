// Every role there is: what the app may do, and on what. README.md has the same table.
param principalId string

type Data = { backupsAccount: string, keysAccount: string, queues: string[], vaults: string[], communication: string }
type Host = { account: string, insights: string }

@description('Where the data lies. Left out: not in this resource group.')
param data Data?

@description('What the host itself needs. Left out: not in this resource group.')
param host Host?

var roles = {
  keyVaultCryptoServiceEncryptionUser: 'e147488a-f6f5-4113-8e2d-b22465e65bf6'
  storageBlobDataContributor: 'ba92f5b4-2d11-453d-a403-e96b0029c9fe'
  storageBlobDataOwner: 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b'
  storageQueueDataContributor: '974c5e8b-45b9-4653-ba55-5f855dd0fb88'
  communicationAndEmailServiceOwner: '09976791-48a7-449e-bb21-39d1a415f350'
  monitoringMetricsPublisher: '3913510d-42f4-4e42-8a64-420c390055eb'
}
var roleIds = mapValues(roles, role => subscriptionResourceId('Microsoft.Authorization/roleDefinitions', role))

resource backups 'Microsoft.Storage/storageAccounts@2026-04-01' existing = {
  name: data.?backupsAccount ?? 'none'

  resource blobs 'blobServices' existing = {
    name: 'default'

    resource container 'containers' existing = {
      name: 'backups'
    }
  }

  resource queueService 'queueServices' existing = {
    name: 'default'

    resource queue 'queues' existing = [
      for queue in data.?queues ?? []: {
        name: queue
      }
    ]
  }
}

resource keys 'Microsoft.Storage/storageAccounts@2026-04-01' existing = {
  name: data.?keysAccount ?? 'none'

  resource blobs 'blobServices' existing = {
    name: 'default'

    resource container 'containers' existing = {
      name: 'keys'
    }
  }
}
