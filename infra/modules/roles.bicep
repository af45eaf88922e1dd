// Every role assignment: what the app may do, and on what. README.md has the same table.
@description('The app identity\'s principal id, part of the names: a recreated identity needs new assignments, since Azure changes none.')
param principalId string

type Data = {
  backupsAccount: string
  keysAccount: string
  queues: string[]
  vaults: string[]
  communication: string
}

type Host = { account: string, insights: string }

@description('What the app works on. Left out: it is not in this resource group.')
param data Data?

@description('What the host of the app needs. Left out: it is not in this resource group.')
param host Host?

var roles = {
  KeyVaultCryptoServiceEncryptionUser: 'e147488a-f6f5-4113-8e2d-b22465e65bf6'
  StorageBlobDataContributor: 'ba92f5b4-2d11-453d-a403-e96b0029c9fe'
  StorageBlobDataOwner: 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b'
  StorageQueueDataContributor: '974c5e8b-45b9-4653-ba55-5f855dd0fb88'
  CommunicationAndEmailServiceOwner: '09976791-48a7-449e-bb21-39d1a415f350'
  MonitoringMetricsPublisher: '3913510d-42f4-4e42-8a64-420c390055eb'
}
var definitions = 'Microsoft.Authorization/roleDefinitions'

// A name that no account can have, used if there is none.
var nothing = 'none'
var dataAccounts = data == null
  ? []
  : [
      { account: data!.backupsAccount, container: 'backups' }
      { account: data!.keysAccount, container: 'keys' }
    ]

resource dataContainers 'Microsoft.Storage/storageAccounts/blobServices/containers@2026-04-01' existing = [
  for each in dataAccounts: {
    name: '${each.account}/default/${each.container}'
  }
]

resource dataQueues 'Microsoft.Storage/storageAccounts/queueServices/queues@2026-04-01' existing = [
  for queue in data.?queues ?? []: {
    name: '${data.?backupsAccount ?? nothing}/default/${queue}'
  }
]

resource vaultKeys 'Microsoft.KeyVault/vaults/keys@2026-02-01' existing = [
  for vault in data.?vaults ?? []: {
    name: '${vault}/backups'
  }
]

resource communication 'Microsoft.Communication/communicationServices@2026-03-18' existing = {
  name: data.?communication ?? nothing
}

resource hostAccount 'Microsoft.Storage/storageAccounts@2026-04-01' existing = {
  name: host.?account ?? nothing
}

resource insights 'Microsoft.Insights/components@2020-02-02' existing = {
  name: host.?insights ?? nothing
}

resource blobs 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for (each, i) in dataAccounts: {
    name: guid(dataContainers[i].id, principalId, roles.StorageBlobDataContributor)
    scope: dataContainers[i]
    properties: {
      roleDefinitionId: subscriptionResourceId(definitions, roles.StorageBlobDataContributor)
      principalId: principalId
      principalType: 'ServicePrincipal'
    }
  }
]

resource messages 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for (queue, i) in data.?queues ?? []: {
    name: guid(dataQueues[i].id, principalId, roles.StorageQueueDataContributor)
    scope: dataQueues[i]
    properties: {
      roleDefinitionId: subscriptionResourceId(definitions, roles.StorageQueueDataContributor)
      principalId: principalId
      principalType: 'ServicePrincipal'
    }
  }
]

// On the key alone, and only to read its public half, wrap and unwrap.
resource wrapping 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for (vault, i) in data.?vaults ?? []: {
    name: guid(vaultKeys[i].id, principalId, roles.KeyVaultCryptoServiceEncryptionUser)
    scope: vaultKeys[i]
    properties: {
      roleDefinitionId: subscriptionResourceId(definitions, roles.KeyVaultCryptoServiceEncryptionUser)
      principalId: principalId
      principalType: 'ServicePrincipal'
    }
  }
]

// Azure has no role that may only send.
resource sending 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (data != null) {
  name: guid(communication.id, principalId, roles.CommunicationAndEmailServiceOwner)
  scope: communication
  properties: {
    roleDefinitionId: subscriptionResourceId(definitions, roles.CommunicationAndEmailServiceOwner)
    principalId: principalId
    principalType: 'ServicePrincipal'
  }
}

// The host stores its package, leases and timers there.
resource hosting 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (host != null) {
  name: guid(hostAccount.id, principalId, roles.StorageBlobDataOwner)
  scope: hostAccount
  properties: {
    roleDefinitionId: subscriptionResourceId(definitions, roles.StorageBlobDataOwner)
    principalId: principalId
    principalType: 'ServicePrincipal'
  }
}

resource telemetry 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (host != null) {
  name: guid(insights.id, principalId, roles.MonitoringMetricsPublisher)
  scope: insights
  properties: {
    roleDefinitionId: subscriptionResourceId(definitions, roles.MonitoringMetricsPublisher)
    principalId: principalId
    principalType: 'ServicePrincipal'
  }
}
