// A vault and the key that wraps: it rotates, never expires, and can't be purged.
import { Tags } from 'types.bicep'

param name string
param location string
param tags Tags
param sku string
param rotateAfter string
param privateNetwork bool

resource vault 'Microsoft.KeyVault/vaults@2026-02-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    tenantId: tenant().tenantId
    sku: { family: 'A', name: sku }
    enableRbacAuthorization: true
    enableSoftDelete: true
    softDeleteRetentionInDays: 90
    enablePurgeProtection: true
    enabledForDeployment: false
    enabledForDiskEncryption: false
    enabledForTemplateDeployment: false
    publicNetworkAccess: privateNetwork ? 'Disabled' : 'Enabled'
    networkAcls: { bypass: 'None', defaultAction: privateNetwork ? 'Deny' : 'Allow' }
  }

  // Azure leaves an existing key as it is. No expiry: what an expired version has wrapped could not be opened.
  resource key 'keys' = {
    name: 'backups'
    properties: {
      kty: sku == 'premium' ? 'RSA-HSM' : 'RSA'
      keySize: 3072
      keyOps: ['wrapKey', 'unwrapKey']
      attributes: { enabled: true, exportable: false }
      rotationPolicy: {
        lifetimeActions: [{ trigger: { timeAfterCreate: rotateAfter }, action: { type: 'rotate' } }]
      }
    }
  }
}

output keyId string = vault::key.properties.keyUriWithVersion
