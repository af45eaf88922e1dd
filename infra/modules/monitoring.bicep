// Where logs and traces go; written with an identity, never with a key.
import { Tags } from 'types.bicep'

param workspaceName string
param insightsName string
param location string
param tags Tags
param logDays int

resource workspace 'Microsoft.OperationalInsights/workspaces@2026-03-01' = {
  name: workspaceName
  location: location
  tags: tags
  properties: {
    sku: { name: 'PerGB2018' }
    retentionInDays: logDays
    features: { disableLocalAuth: true, enableLogAccessUsingOnlyResourcePermissions: true }
  }
}

resource insights 'Microsoft.Insights/components@2020-02-02' = {
  name: insightsName
  location: location
  tags: tags
  kind: 'web'
  properties: {
    Application_Type: 'web'
    WorkspaceResourceId: workspace.id
    DisableLocalAuth: true
    // Don't store callers' addresses.
    DisableIpMasking: false
  }
}

output workspaceId string = workspace.id
output insightsId string = insights.id
output insightsConnection string = insights.properties.ConnectionString
