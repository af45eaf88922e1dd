// Two phones of one owner use the client generated from the OpenAPI document: one uploads, the other recovers.
// Arguments: the API's address and an access token of the owner.
using Backup.Check;
using Backup.Client;
using Backup.Client.Models;
using Microsoft.Kiota.Abstractions.Authentication;
using Microsoft.Kiota.Http.HttpClientLibrary;

const string secret = "JBSWY3DPEHPK3PXP";
var (api, token) = (args[0], args[1]);

BackupClient APhone()
{
    var http = new HttpClient(new DeviceHandler(token));
    return new(new HttpClientRequestAdapter(new AnonymousAuthenticationProvider(), httpClient: http) { BaseUrl = api });
}

var document = new BackupDocument
{
    Accounts =
    [
        new()
        {
            ThirdPartyAccount = new()
            {
                Kind = "third-party",
                Issuer = "GitHub",
                UserName = "anna",
                Otp = new() { TotpCode = new() { Type = "totp", Secret = secret } },
            },
        },
    ],
    Settings = new() { Theme = AppSettings_theme.Dark },
};
var receipt = await APhone().V1.Backups["android"].PutAsync(document, call => call.Headers.Add("If-None-Match", "*"));
Console.WriteLine($"✓ uploaded: generation {receipt?.Version?.Generation}, {receipt?.Version?.Accounts?.ThirdParty} account");

var recovery = await APhone().V1.Recoveries.PostAsync(new()
{
    Platform = RecoveryRequest_platform.Android,
    Device = new() { Name = "Anna's new phone" },
    ExistingAccounts = [],
});
var account = recovery?.Accounts?.Single().RestoredAccount?.Account?.StoredThirdPartyAccount;
var recovered = account?.Otp?.AdditionalData["secret"] as string;
if (recovered != secret) throw new InvalidOperationException("The recovered account makes other codes.");
Console.WriteLine($"✓ recovered: {account?.Issuer} {account?.UserName}, making the same codes");

var status = await APhone().V1.Backups["android"].GetAsync().ContinueWith(asked => asked.Exception?.InnerException);
if (status is not Microsoft.Kiota.Abstractions.ApiException { ResponseStatusCode: 403 })
    throw new InvalidOperationException($"An unknown device got {status}");
Console.WriteLine("✓ refused: a device that isn't registered");
