// Everything the service runs on, in one resource group. README.md says how to deploy and run it.
targetScope = 'resourceGroup'

import { Issuer, Options, Provider, PublicKey, queues, Tags, usable } from 'modules/types.bicep'

@description('Part of the name of every resource: lower-case letters and digits.')
@minLength(2)
@maxLength(8)
param name string

param location string = resourceGroup().location

@description('Identity providers whose tokens count; at least one with the role recovery.')
@minLength(1)
param issuers Issuer[]

@description('The accounts that each provider\'s app answers for.')
param providers Provider[] = []

@description('Where clients reach the service, with /api. Empty: the app\'s own address, which changes if the app moves to another region.')
param publicBaseUrl string = ''

@description('Public halves of the vault keys: with them a cold instance takes uploads while the vault is down.')
param publicKeys PublicKey[] = []

@description('Settings that have a default, by their name.')
param options Options = {}

@description('Who gets alerts and budget notices.')
param alertEmail string

@description('A domain of your own to send mail from. Empty: only the domain that Azure gives, which is meant for tests.')
param emailDomain string = ''

@description('Set this once Azure has verified the DNS records of emailDomain; from then on mail is sent from that domain.')
param emailDomainVerified bool = false

@description('The number or name that text messages come from. Empty: phone numbers can\'t be contacts.')
param smsSender string = ''

@description('Where Communication Services stores its data.')
param communicationDataLocation string = 'Europe'

@description('512 is for tests: Node then runs with flags that save memory.')
@allowed([512, 2048, 4096])
param instanceMemoryMB int = 2048

@description('HTTP instances that always run, billed around the clock.')
@minValue(0)
param alwaysReadyInstances int = 1

@minValue(40)
@maxValue(1000)
param maximumInstances int = 100

@description('HTTP requests that an instance takes at a time.')
@minValue(1)
@maxValue(1000)
param requestsPerInstance int = 16

@description('Spreads the app over zones; Azure then keeps two instances ready for each of its four groups of functions. README.md, Cost.')
param zoneRedundant bool = false

@description('Premium keeps the keys in an HSM, standard in software.')
@allowed(['premium', 'standard'])
param vaultSku string = 'premium'

@description('Owners are spread over the vaults. Never lower this: backups of a removed vault can\'t be opened.')
@minValue(1)
@maxValue(5)
param vaultCount int = 1

@description('Age at which a key version is replaced (ISO 8601). Takes effect when the key is created; for later changes see README.md.')
param keyRotation string = 'P1Y'

@description('Of the two accounts that hold data. Geo-redundant, or losing a region loses all backups.')
@allowed(['Standard_LRS', 'Standard_ZRS', 'Standard_GRS', 'Standard_GZRS'])
param redundancy string = 'Standard_GZRS'

@description('How many days back the backups can be restored.')
@minValue(1)
@maxValue(364)
param restoreDays int = 30

@description('Identities of apps deployed by standby.bicep, which may also use the keys.')
param standbyPrincipalIds string[] = []

@minValue(30)
@maxValue(730)
param logDays int = 90

@description('Logs each read of the backups, not only each write. Reads of the keys are always logged.')
param logBackupReads bool = false

@description('Reaches storage and vaults over private endpoints only.')
param privateNetwork bool = false

@description('Protects accounts, vaults and logs from deletion.')
param deleteLocks bool = true

@description('Monthly budget of the resource group, in the currency of the subscription.')
@minValue(1)
param monthlyBudget int

@description('The first day of the month of the first deployment, YYYY-MM-01. Azure never changes a budget\'s start.')
@minLength(10)
@maxLength(10)
param budgetStart string

param tags Tags = {}

var base = usable(name)
var token = uniqueString(resourceGroup().id)
var suffix = '${base}-${token}'
var names = {
  identity: 'id-${suffix}'
  app: 'func-${suffix}'
  communication: 'acs-${suffix}'
  workspace: 'log-${suffix}'
  insights: 'appi-${suffix}'
}
var accounts = {
  backups: 'stb${base}${token}'
  keys: 'stk${base}${token}'
  host: 'sth${base}${token}'
}
var vaultNames = [for i in range(1, vaultCount): 'kv${i}${base}${token}']

module identity 'modules/identity.bicep' = {
  params: { name: names.identity, location: location, tags: tags }
}

module monitoring 'modules/monitoring.bicep' = {
  params: {
    workspaceName: names.workspace
    insightsName: names.insights
    location: location
    tags: tags
    logDays: logDays
  }
}

module backups 'modules/storage-account.bicep' = {
  params: {
    name: accounts.backups
    location: location
    tags: tags
    sku: redundancy
    restoreDays: restoreDays
    containers: ['backups']
    queues: queues
    privateNetwork: privateNetwork
  }
}

// No versions and no soft delete: a deleted owner key must be gone for good.
module keys 'modules/storage-account.bicep' = {
  params: {
    name: accounts.keys
    location: location
    tags: tags
    sku: redundancy
    containers: ['keys']
    privateNetwork: privateNetwork
  }
}

module host 'modules/storage-account.bicep' = {
  params: {
    name: accounts.host
    location: location
    tags: tags
    sku: zoneRedundant ? 'Standard_ZRS' : 'Standard_LRS'
    containers: ['app-package']
    privateNetwork: privateNetwork
  }
}

module vaults 'modules/key-vault.bicep' = [
  for vault in vaultNames: {
    params: {
      name: vault
      location: location
      tags: tags
      sku: vaultSku
      rotateAfter: keyRotation
      privateNetwork: privateNetwork
    }
  }
]

module communication 'modules/communication.bicep' = {
  params: {
    name: names.communication
    tags: tags
    dataLocation: communicationDataLocation
    domain: emailDomain
    domainVerified: emailDomainVerified
  }
}

module network 'modules/network.bicep' = if (privateNetwork) {
  params: {
    suffix: suffix
    location: location
    tags: tags
    accounts: accounts
    vaults: vaultNames
  }
  dependsOn: [backups, keys, host, vaults]
}

module roles 'modules/roles.bicep' = {
  params: {
    #disable-next-line what-if-short-circuiting // A name must differ for each principal, which only Azure knows.
    principalId: identity.outputs.principalId
    data: {
      backupsAccount: accounts.backups
      keysAccount: accounts.keys
      queues: queues
      vaults: vaultNames
      communication: names.communication
    }
    host: { account: accounts.host, insights: names.insights }
  }
  dependsOn: [backups, keys, host, vaults, communication, monitoring]
}

module app 'modules/function-app.bicep' = {
  params: {
    name: names.app
    location: location
    tags: tags
    identityId: identity.outputs.id
    hostAccount: accounts.host
    instanceMemoryMB: instanceMemoryMB
    alwaysReadyInstances: alwaysReadyInstances
    maximumInstances: maximumInstances
    requestsPerInstance: requestsPerInstance
    zoneRedundant: zoneRedundant
    subnetId: network.?outputs.appSubnetId
  }
  dependsOn: [roles]
}

module settings 'modules/app-settings.bicep' = {
  params: {
    app: names.app
    clientId: identity.outputs.clientId
    hostAccount: accounts.host
    insightsConnection: monitoring.outputs.insightsConnection
    instanceMemoryMB: instanceMemoryMB
    publicBaseUrl: publicBaseUrl
    issuers: issuers
    providers: providers
    backupsAccount: accounts.backups
    keysAccount: accounts.keys
    keyIds: [for (vault, i) in vaultNames: vaults[i].outputs.keyId]
    publicKeys: publicKeys
    communicationService: communication.outputs.endpoint
    emailSender: communication.outputs.sender
    smsSender: smsSender
    options: options
  }
  dependsOn: [app]
}

module diagnostics 'modules/diagnostics.bicep' = {
  params: {
    name: 'audit'
    workspaceId: monitoring.outputs.workspaceId
    backupsAccount: accounts.backups
    keysAccount: accounts.keys
    vaults: vaultNames
    logBackupReads: logBackupReads
  }
  dependsOn: [backups, keys, vaults]
}

module alerts 'modules/alerts.bicep' = {
  params: {
    suffix: suffix
    location: location
    tags: tags
    email: alertEmail
    workspaceId: monitoring.outputs.workspaceId
    insightsId: monitoring.outputs.insightsId
    principalId: identity.outputs.principalId
    otherPrincipalIds: standbyPrincipalIds
    keysAccount: accounts.keys
    vaults: vaultNames
    vaultGroup: resourceGroup().name
    historyLength: int(options.?HISTORY_LENGTH ?? '10')
    healthUrl: '${settings.outputs.publicBaseUrl}/health'
  }
  dependsOn: [vaults]
}

module budget 'modules/budget.bicep' = {
  params: { name: 'budget-${suffix}', amount: monthlyBudget, start: budgetStart, email: alertEmail }
}

module locks 'modules/locks.bicep' = if (deleteLocks) {
  params: {
    accounts: [accounts.backups, accounts.keys]
    vaults: vaultNames
    workspace: names.workspace
  }
  dependsOn: [backups, keys, vaults, monitoring]
}

output appName string = names.app
output publicBaseUrl string = settings.outputs.publicBaseUrl

// Parameters for standby.bicep.
output dataResourceGroup string = resourceGroup().name
output firstPrincipalId string = identity.outputs.principalId
output backupsAccount string = accounts.backups
output keysAccount string = accounts.keys
output communicationName string = names.communication
output communicationService string = communication.outputs.endpoint
output emailSender string = communication.outputs.sender
output keyIds string[] = [for (vault, i) in vaultNames: vaults[i].outputs.keyId]
