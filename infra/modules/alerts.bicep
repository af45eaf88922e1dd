// The alerts. Each query is in its own file and can be pasted into the workspace.
import { Tags } from 'types.bicep'

param suffix string
param location string
param tags Tags
param email string
param workspaceId string
param insightsId string

@description('The app that logs to this workspace.')
param principalId string

@description('Other apps that may use the keys.')
param otherPrincipalIds string[]
param keysAccount string
param vaults string[]

@description('The resource group of the vaults.')
param vaultGroup string

@description('Versions stored of each backup: an export opens all of them.')
param historyLength int
param healthUrl string

type LogAlert = {
  name: string
  says: string
  severity: int
  query: string
  measure: string
  dimensions: string[]
  operator: 'GreaterThan' | 'LessThan'
  threshold: int
  every: string
  @description('How far back the query looks: longer than the time between two runs, since lines arrive late.')
  span: string
}

var strangers = replace(
  replace(loadTextContent('queries/strangers-at-keys.kql'), '{keysAccount}', keysAccount),
  '{principalIds}',
  join(concat([principalId], otherPrincipalIds), '\', \'')
)

// Both platforms together: the newest versions, as many last ones of their devices, and seven of the past days.
var exported = string(2 * (2 * historyLength + 7))
var unexplained = replace(
  replace(loadTextContent('queries/unexplained-unwraps.kql'), '{principalId}', principalId),
  '{exported}',
  exported
)

var logAlerts LogAlert[] = [
  {
    name: 'server-errors'
    says: 'The service answers with errors of its own.'
    severity: 1
    query: loadTextContent('queries/server-errors.kql')
    measure: 'Errors'
    dimensions: ['Name']
    operator: 'GreaterThan'
    threshold: 5
    every: 'PT5M'
    span: 'PT15M'
  }
  {
    name: 'failed-work'
    says: 'Codes and alarms can\'t be delivered, or sweeps fail.'
    severity: 1
    query: loadTextContent('queries/failed-work.kql')
    measure: 'Failures'
    dimensions: ['Work']
    operator: 'GreaterThan'
    threshold: 10
    every: 'PT15M'
    span: 'PT30M'
  }
  {
    name: 'unexplained-unwraps'
    says: 'The vaults have opened more keys than recoveries and plans account for.'
    severity: 1
    query: unexplained
    measure: 'Unexplained'
    dimensions: []
    operator: 'GreaterThan'
    threshold: 20
    every: 'PT1H'
    span: 'P2D'
  }
  {
    name: 'strangers-at-keys'
    says: 'Somebody other than the app has used a vault key or owner keys.'
    severity: 0
    query: strangers
    measure: 'Uses'
    dimensions: ['Who', 'What']
    operator: 'GreaterThan'
    threshold: 0
    every: 'PT15M'
    span: 'PT1H'
  }
  {
    name: 'sweep-unfinished'
    says: 'A sweep began more than twelve hours ago and has not come to its end.'
    severity: 2
    query: loadTextContent('queries/sweep-unfinished.kql')
    measure: 'Unfinished'
    dimensions: []
    operator: 'GreaterThan'
    threshold: 0
    every: 'PT1H'
    span: 'P2D'
  }
  {
    name: 'sweep-absent'
    says: 'The daily sweep has not run for 26 hours.'
    severity: 2
    query: loadTextContent('queries/sweep-absent.kql')
    measure: 'Runs'
    dimensions: []
    operator: 'LessThan'
    threshold: 1
    every: 'PT1H'
    span: 'P2D'
  }
]

var vaultAlerts = [
  {
    name: 'vault-throttled'
    says: 'A vault refuses calls because there are too many: recoveries wait.'
    severity: 1
    metric: 'ServiceApiResult'
    aggregation: 'Count'
    threshold: 0
    dimensions: [{ name: 'StatusCode', operator: 'Include', values: ['429'] }]
  }
  {
    name: 'vault-saturated'
    says: 'A vault works at three quarters of its limit: add one.'
    severity: 2
    metric: 'SaturationShoebox'
    aggregation: 'Average'
    threshold: 75
    dimensions: []
  }
]

// One alert per vault: a shared one would need all vaults in one region, and says less.
var metricAlerts = flatten(map(vaults, vault => map(vaultAlerts, alert => union(alert, { vault: vault }))))

resource people 'Microsoft.Insights/actionGroups@2023-01-01' = {
  name: 'ag-${suffix}'
  location: 'global'
  tags: tags
  properties: {
    groupShortName: 'backup'
    enabled: true
    emailReceivers: [{ name: 'operations', emailAddress: email, useCommonAlertSchema: true }]
  }
}

resource logAlert 'Microsoft.Insights/scheduledQueryRules@2026-03-01' = [
  for alert in logAlerts: {
    name: '${alert.name}-${suffix}'
    location: location
    tags: tags
    kind: 'LogAlert'
    properties: {
      displayName: alert.name
      description: alert.says
      severity: alert.severity
      enabled: true
      scopes: [workspaceId]
      evaluationFrequency: alert.every
      windowSize: alert.every
      overrideQueryTimeRange: alert.span
      autoMitigate: true
      // The tables exist only after their first lines.
      skipQueryValidation: true
      criteria: {
        allOf: [
          {
            query: alert.query
            metricMeasureColumn: alert.measure
            timeAggregation: 'Total'
            operator: alert.operator
            threshold: alert.threshold
            dimensions: map(alert.dimensions, name => { name: name, operator: 'Include', values: ['*'] })
            failingPeriods: { numberOfEvaluationPeriods: 1, minFailingPeriodsToAlert: 1 }
          }
        ]
      }
      actions: { actionGroups: [people.id] }
    }
  }
]

resource metricAlert 'Microsoft.Insights/metricAlerts@2026-01-01' = [
  for alert in metricAlerts: {
    name: '${alert.name}-${alert.vault}'
    location: 'global'
    tags: tags
    properties: {
      description: alert.says
      severity: alert.severity
      enabled: true
      scopes: [resourceId(vaultGroup, 'Microsoft.KeyVault/vaults', alert.vault)]
      evaluationFrequency: 'PT1M'
      windowSize: 'PT5M'
      autoMitigate: true
      criteria: {
        'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
        allOf: [
          {
            name: alert.metric
            criterionType: 'StaticThresholdCriterion'
            metricNamespace: 'Microsoft.KeyVault/vaults'
            metricName: alert.metric
            timeAggregation: alert.aggregation
            operator: 'GreaterThan'
            threshold: alert.threshold
            dimensions: alert.dimensions
          }
        ]
      }
      actions: [{ actionGroupId: people.id }]
    }
  }
]

resource healthTest 'Microsoft.Insights/webtests@2022-06-15' = {
  name: 'health-${suffix}'
  location: location
  tags: union(tags, { 'hidden-link:${insightsId}': 'Resource' })
  kind: 'standard'
  properties: {
    SyntheticMonitorId: 'health-${suffix}'
    Name: 'health-${suffix}'
    Enabled: true
    Kind: 'standard'
    Frequency: 300
    Timeout: 30
    RetryEnabled: true
    Locations: [
      { Id: 'emea-nl-ams-azr' }
      { Id: 'emea-gb-db3-azr' }
      { Id: 'us-va-ash-azr' }
      { Id: 'us-ca-sjc-azr' }
      { Id: 'apac-sg-sin-azr' }
    ]
    Request: { RequestUrl: healthUrl, HttpVerb: 'GET', ParseDependentRequests: false }
    ValidationRules: { ExpectedHttpStatusCode: 200, SSLCheck: true, SSLCertRemainingLifetimeCheck: 14 }
  }
}

// From at least two places: a failure seen from one is often that place's own.
resource unavailable 'Microsoft.Insights/metricAlerts@2026-01-01' = {
  name: 'unavailable-${suffix}'
  location: 'global'
  tags: tags
  properties: {
    description: 'The service can\'t be reached.'
    severity: 0
    enabled: true
    scopes: [healthTest.id, insightsId]
    evaluationFrequency: 'PT1M'
    windowSize: 'PT5M'
    autoMitigate: true
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.WebtestLocationAvailabilityCriteria'
      webTestId: healthTest.id
      componentId: insightsId
      failedLocationCount: 2
    }
    actions: [{ actionGroupId: people.id }]
  }
}
