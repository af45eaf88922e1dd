// A second app in another region and resource group, on the data of main.bicep, for the loss of a region.
// It costs little while nobody calls it, and is monitored from the first day. README.md says when and how.
targetScope = 'resourceGroup'

import { Issuer, Options, Provider, PublicKey, queues, Tags, usable } from 'modules/types.bicep'

@description('Part of the name of every resource: lower-case letters and digits.')
@minLength(2)
@maxLength(8)
param name string

param location string = resourceGroup().location

@description('The resource group that main.bicep was deployed to. That deployment\'s outputs give the next values, under the same names.')
param dataResourceGroup string

@description('The identity of the first app, which may also use the keys.')
param firstPrincipalId string
param backupsAccount string
param keysAccount string

@minLength(1)
param keyIds string[]
param communicationName string

param communicationService string
param emailSender string
param smsSender string = ''

@description('The same as the first app\'s; otherwise devices\' proofs don\'t match.')
param publicBaseUrl string
param issuers Issuer[]
param providers Provider[] = []
param publicKeys PublicKey[] = []
param options Options = {}

@allowed([512, 2048, 4096])
param instanceMemoryMB int = 2048

@minValue(40)
@maxValue(1000)
param maximumInstances int = 100

@minValue(1)
@maxValue(1000)
param requestsPerInstance int = 16

@description('Who gets alerts.')
param alertEmail string

@minValue(30)
@maxValue(730)
param logDays int = 30

@description('As for the first app.')
param logBackupReads bool = false

param tags Tags = {}

var base = usable(name)
var token = uniqueString(resourceGroup().id)
var suffix = '${base}-${token}'
var names = {
  identity: 'id-${suffix}'
  app: 'func-${suffix}'
  workspace: 'log-${suffix}'
  insights: 'appi-${suffix}'
  host: 'sth${base}${token}'
}

// https://VAULT.…/keys/…
var vaults = map(keyIds, id => split(split(id, '/')[2], '.')[0])

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

module host 'modules/storage-account.bicep' = {
  params: {
    name: names.host
    location: location
    tags: tags
    sku: 'Standard_ZRS'
    containers: ['app-package']
    privateNetwork: false
  }
}

module hostRoles 'modules/roles.bicep' = {
  params: {
    #disable-next-line what-if-short-circuiting // A name must differ for each principal, which only Azure knows.
    principalId: identity.outputs.principalId
    host: { account: names.host, insights: names.insights }
  }
  dependsOn: [host, monitoring]
}

module dataRoles 'modules/roles.bicep' = {
  scope: resourceGroup(dataResourceGroup)
  params: {
    #disable-next-line what-if-short-circuiting // A name must differ for each principal, which only Azure knows.
    principalId: identity.outputs.principalId
    data: {
      backupsAccount: backupsAccount
      keysAccount: keysAccount
      queues: queues
      vaults: vaults
      communication: communicationName
    }
  }
}

module app 'modules/function-app.bicep' = {
  params: {
    name: names.app
    location: location
    tags: tags
    identityId: identity.outputs.id
    hostAccount: names.host
    instanceMemoryMB: instanceMemoryMB
    alwaysReadyInstances: 0
    maximumInstances: maximumInstances
    requestsPerInstance: requestsPerInstance
    zoneRedundant: false
  }
  dependsOn: [hostRoles, dataRoles]
}

module settings 'modules/app-settings.bicep' = {
  params: {
    app: names.app
    clientId: identity.outputs.clientId
    hostAccount: names.host
    insightsConnection: monitoring.outputs.insightsConnection
    instanceMemoryMB: instanceMemoryMB
    publicBaseUrl: publicBaseUrl
    issuers: issuers
    providers: providers
    backupsAccount: backupsAccount
    keysAccount: keysAccount
    keyIds: keyIds
    publicKeys: publicKeys
    communicationService: communicationService
    emailSender: emailSender
    smsSender: smsSender
    options: options
  }
  dependsOn: [app]
}

// Audit logs come here, too: the first workspace may be in the lost region.
module diagnostics 'modules/diagnostics.bicep' = {
  scope: resourceGroup(dataResourceGroup)
  params: {
    name: 'audit-standby'
    workspaceId: monitoring.outputs.workspaceId
    backupsAccount: backupsAccount
    keysAccount: keysAccount
    vaults: vaults
    logBackupReads: logBackupReads
  }
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
    otherPrincipalIds: [firstPrincipalId]
    keysAccount: keysAccount
    vaults: vaults
    vaultGroup: dataResourceGroup
    historyLength: int(options.?HISTORY_LENGTH ?? '10')
    // Until the standby is needed, publicBaseUrl leads elsewhere.
    healthUrl: '${settings.outputs.ownUrl}/health'
  }
}

output appName string = names.app
output publicBaseUrl string = publicBaseUrl
output principalId string = identity.outputs.principalId
