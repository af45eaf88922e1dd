// A device: its key, and the three headers of each call for an owner.
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Backup.Check;

/// <summary>Signs each request, and each repeat, with a new proof (RFC 9449 §4).</summary>
public sealed class DeviceHandler(string token) : DelegatingHandler(new HttpClientHandler())
{
    private readonly ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellation)
    {
        request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {token}");
        request.Headers.TryAddWithoutValidation("DPoP", Proof(request.Method.Method, request.RequestUri!));
        request.Headers.TryAddWithoutValidation("App-Version", "android/6.6.0");
        return base.SendAsync(request, cancellation);
    }

    private string Proof(string method, Uri url)
    {
        var point = key.ExportParameters(false).Q;
        var jwk = new { crv = "P-256", kty = "EC", x = Base64Url(point.X!), y = Base64Url(point.Y!) };
        var header = new { typ = "dpop+jwt", alg = "ES256", jwk };
        var claims = new
        {
            htm = method,
            htu = url.GetLeftPart(UriPartial.Path),
            iat = DateTimeOffset.UtcNow.ToUnixTimeSeconds(),
            jti = Guid.NewGuid(),
            ath = Base64Url(SHA256.HashData(Encoding.ASCII.GetBytes(token))),
        };
        var signed = $"{Encoded(header)}.{Encoded(claims)}";
        return $"{signed}.{Base64Url(key.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256))}";
    }

    private static string Encoded(object part) => Base64Url(JsonSerializer.SerializeToUtf8Bytes(part));

    private static string Base64Url(byte[] bytes) =>
        Convert.ToBase64String(bytes).TrimEnd('=').Replace('+', '-').Replace('/', '_');
}
