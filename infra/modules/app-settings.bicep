// All settings of the app: deploying replaces whatever was set before. lib/config/schema.ts is their schema.
import { Issuer, Options, Provider, PublicKey } from 'types.bicep'

param app string
param clientId string
param hostAccount string
param insightsConnection string
param instanceMemoryMB int
param publicBaseUrl string
param issuers Issuer[]
param providers Provider[]
param backupsAccount string
param keysAccount string
param keyIds string[]
param publicKeys PublicKey[]
param communicationService string
param emailSender string
param smsSender string
param options Options

var storage = environment().suffixes.storage

// The host cuts off larger requests; below this the app itself says what is wrong. The largest valid one is a recovery with a
// sealed document of the client's, a third longer in base64url, and as much again of accounts that the device has.
var largestRequest = int(options.?MAX_UPLOAD_BYTES ?? '1048576') * 7 / 3 + 1048576

resource site 'Microsoft.Web/sites@2025-03-01' existing = {
  name: app

  resource settings 'config' = {
    name: 'appsettings'
    properties: union(
      {
        AzureWebJobsStorage__accountName: hostAccount
        AzureWebJobsStorage__credential: 'managedidentity'
        AzureWebJobsStorage__clientId: clientId
        APPLICATIONINSIGHTS_CONNECTION_STRING: insightsConnection
        APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${clientId};Authorization=AAD'
        // Alerts count log lines and requests, so none may be sampled away. README.md, Telemetry.
        OTEL_TRACES_SAMPLER: 'microsoft.fixed_percentage'
        OTEL_TRACES_SAMPLER_ARG: '1.0'
        // Otherwise the host shows a page of Microsoft's at the root.
        AzureWebJobsDisableHomepage: 'true'
        FUNCTIONS_REQUEST_BODY_SIZE_LIMIT: string(largestRequest)
        AZURE_CLIENT_ID: clientId
        PUBLIC_BASE_URL: baseUrl
        IDENTITY_ISSUERS: string(issuers)
        PROVIDERS: string(providers)
        BACKUPS_STORAGE: 'https://${backupsAccount}.blob.${storage}'
        KEYS_STORAGE: 'https://${keysAccount}.blob.${storage}'
        QUEUE_STORAGE__queueServiceUri: 'https://${backupsAccount}.queue.${storage}'
        QUEUE_STORAGE__credential: 'managedidentity'
        QUEUE_STORAGE__clientId: clientId
        KEY_IDS: join(keyIds, ',')
        COMMUNICATION_SERVICE: communicationService
        EMAIL_SENDER: emailSender
        // See .adr/0004-memory-of-an-instance.md.
        languageWorkers__node__arguments: instanceMemoryMB > 512
          ? '--max-semi-space-size=16'
          : '--memory-saver-mode --optimize-for-size --max-semi-space-size=1'
      },
      empty(publicKeys) ? {} : { PINNED_PUBLIC_KEYS: string({ keys: publicKeys }) },
      empty(smsSender) ? {} : { SMS_SENDER: smsSender },
      options
    )
  }
}

var ownUrl = 'https://${site.properties.defaultHostName}/api'
var baseUrl = empty(publicBaseUrl) ? ownUrl : publicBaseUrl

@description('The app\'s own address, whichever addresses lead to it.')
output ownUrl string = ownUrl
output publicBaseUrl string = baseUrl
