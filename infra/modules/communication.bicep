// Mail and text messages, sent with an identity.
import { Tags } from 'types.bicep'

param name string
param tags Tags
param dataLocation string
param domain string
param domainVerified bool

// These services have no region, only a location for their data.
var everywhere = 'global'
var useOwn = !empty(domain) && domainVerified

resource email 'Microsoft.Communication/emailServices@2026-03-18' = {
  name: '${name}-mail'
  location: everywhere
  tags: tags
  properties: { dataLocation: dataLocation }

  resource azureDomain 'domains' = {
    name: 'AzureManagedDomain'
    location: everywhere
    tags: tags
    properties: { domainManagement: 'AzureManaged', userEngagementTracking: 'Disabled' }
  }

  resource ownDomain 'domains' = if (!empty(domain)) {
    name: empty(domain) ? 'unused.example' : domain
    location: everywhere
    tags: tags
    properties: { domainManagement: 'CustomerManaged', userEngagementTracking: 'Disabled' }

    resource sender 'senderUsernames' = if (useOwn) {
      name: 'no-reply'
      properties: { username: 'no-reply', displayName: 'no-reply' }
    }
  }
}

resource service 'Microsoft.Communication/communicationServices@2026-03-18' = {
  name: name
  location: everywhere
  tags: tags
  properties: {
    dataLocation: dataLocation
    disableLocalAuth: true
    linkedDomains: useOwn ? [email::azureDomain.id, email::ownDomain.id] : [email::azureDomain.id]
  }
}

output endpoint string = 'https://${service.properties.hostName}'
output sender string = useOwn ? 'no-reply@${domain}' : 'DoNotReply@${email::azureDomain.properties.fromSenderDomain}'
