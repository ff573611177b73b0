using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Collectors.Hosting.Authentication;

/// <summary>
/// The hex HMAC-SHA256 of the raw body in a header, after a prefix. The time isn't signed, so a copy can be sent again at
/// any time: it is a redelivery then, whose items count as duplicates.
/// </summary>
internal sealed class BodySignature(CredentialScheme scheme, string header, string prefix, IEnumerable<string> secrets) : ISenderCheck
{
    // More than two senders' keys are never in use; what is beyond that is not looked at.
    private const int MaxSignatures = 8;

    private readonly byte[][] _secrets = [.. secrets.Select(Encoding.UTF8.GetBytes)];

    public string Scheme => WireNames.Of(scheme);

    public string Wanted => $"send {(prefix.Length == 0 ? "" : $"'{prefix}' and ")}the hex HMAC-SHA256 of the body under the secret in the header {header}";

    public bool SignsBody => true;

    public ValueTask<Admission> OfRequestAsync(HttpContext context) => ValueTask.FromResult(
        string.IsNullOrEmpty(context.Request.Headers[header]) ? Admission.Missing : Admission.Admitted);

    public Admission OfBody(HttpContext context, ReadOnlySpan<byte> body)
    {
        string shown = context.Request.Headers[header].ToString();
        Span<byte> expected = stackalloc byte[SHA256.HashSizeInBytes];
        bool matches = false;
        foreach (string signature in shown.Split(',', MaxSignatures, StringSplitOptions.TrimEntries))
        {
            byte[] bytes = Read(signature);
            foreach (byte[] secret in _secrets)
            {
                HMACSHA256.HashData(secret, body, expected);
                matches |= CryptographicOperations.FixedTimeEquals(bytes, expected);
            }
        }

        return matches ? Admission.Admitted : Admission.Wrong;
    }

    // What is no signature is empty, which equals none.
    private byte[] Read(string signature)
    {
        try
        {
            return signature.StartsWith(prefix, StringComparison.Ordinal) ? Convert.FromHexString(signature.AsSpan(prefix.Length)) : [];
        }
        catch (FormatException)
        {
            return [];
        }
    }
}
