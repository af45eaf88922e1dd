// A private network: the app enters by one subnet; the other holds storage and vaults, under their usual names.
import { Tags } from 'types.bicep'

param suffix string
param location string
param tags Tags

type Accounts = { backups: string, keys: string, host: string }
param accounts Accounts
param vaults string[]

var storage = environment().suffixes.storage
var zones = {
  blob: 'privatelink.blob.${storage}'
  queue: 'privatelink.queue.${storage}'
  vault: 'privatelink.vaultcore.azure.net'
}

var accountTargets = [
  { name: 'backups-blob', type: 'Microsoft.Storage/storageAccounts', resource: accounts.backups, group: 'blob' }
  { name: 'backups-queue', type: 'Microsoft.Storage/storageAccounts', resource: accounts.backups, group: 'queue' }
  { name: 'keys-blob', type: 'Microsoft.Storage/storageAccounts', resource: accounts.keys, group: 'blob' }
  { name: 'host-blob', type: 'Microsoft.Storage/storageAccounts', resource: accounts.host, group: 'blob' }
]
var vaultTargets = [
  for (vault, i) in vaults: {
    name: 'vault${i + 1}'
    type: 'Microsoft.KeyVault/vaults'
    resource: vault
    group: 'vault'
  }
]
var targets = concat(accountTargets, vaultTargets)

resource network 'Microsoft.Network/virtualNetworks@2025-09-01' = {
  name: 'vnet-${suffix}'
  location: location
  tags: tags
  properties: {
    addressSpace: { addressPrefixes: ['10.20.0.0/23'] }
    subnets: [
      {
        name: 'app'
        properties: {
          addressPrefix: '10.20.0.0/24'
          defaultOutboundAccess: true
          delegations: [{ name: 'flex', properties: { serviceName: 'Microsoft.App/environments' } }]
        }
      }
      {
        name: 'endpoints'
        properties: {
          addressPrefix: '10.20.1.0/26'
          defaultOutboundAccess: false
          privateEndpointNetworkPolicies: 'Enabled'
        }
      }
    ]
  }

  resource app 'subnets' existing = {
    name: 'app'
  }

  resource endpoints 'subnets' existing = {
    name: 'endpoints'
  }
}

resource zone 'Microsoft.Network/privateDnsZones@2024-06-01' = [
  for item in items(zones): {
    name: item.value
    location: 'global'
    tags: tags
  }
]

resource link 'Microsoft.Network/privateDnsZones/virtualNetworkLinks@2024-06-01' = [
  for (item, i) in items(zones): {
    parent: zone[i]
    name: 'vnet-${suffix}'
    location: 'global'
    tags: tags
    properties: { registrationEnabled: false, virtualNetwork: { id: network.id } }
  }
]

resource endpoint 'Microsoft.Network/privateEndpoints@2025-09-01' = [
  for target in targets: {
    name: 'pe-${target.name}-${suffix}'
    location: location
    tags: tags
    properties: {
      subnet: { id: network::endpoints.id }
      privateLinkServiceConnections: [
        {
          name: target.name
          properties: {
            privateLinkServiceId: resourceId(target.type, target.resource)
            groupIds: [target.group]
          }
        }
      ]
    }
  }
]

resource record 'Microsoft.Network/privateEndpoints/privateDnsZoneGroups@2025-09-01' = [
  for (target, i) in targets: {
    parent: endpoint[i]
    name: 'default'
    properties: {
      privateDnsZoneConfigs: [
        {
          name: target.group
          properties: { privateDnsZoneId: resourceId('Microsoft.Network/privateDnsZones', zones[target.group]) }
        }
      ]
    }
    dependsOn: [zone]
  }
]

output appSubnetId string = network::app.id
