using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Collectors.Hosting.Authentication;

/// <summary>
/// Standard Webhooks 1.0 ("Verifying webhook authenticity"), with symmetric keys: <c>v1,</c> and the base64 HMAC-SHA256 of
/// <c>id.timestamp.body</c>; several with blanks while the sender rotates its key, of other versions too, which are passed
/// over. What is sent again within the window is a redelivery: it is kept once, and its items count as duplicates.
/// </summary>
/// <param name="header">The header of the signatures; id and timestamp stand in headers of the same beginning, so that <c>svix-signature</c> works.</param>
/// <param name="secrets">Base64, after <c>whsec_</c> or without.</param>
/// <param name="tolerance">How far the timestamp may be from now, in both directions.</param>
/// <param name="clock">What time it is.</param>
internal sealed class StandardWebhooks(string header, IEnumerable<string> secrets, TimeSpan tolerance, TimeProvider clock) : ISenderCheck
{
    private const string Version = "v1,";
    private const string SecretPrefix = "whsec_";
    private const string Suffix = "-signature";
    private const int MaxSignatures = 8;

    private readonly byte[][] _keys = [.. secrets.Select(KeyOf)];
    private readonly string _beginning = header[..^Suffix.Length];

    public string Scheme => WireNames.Of(CredentialScheme.StandardWebhooks);

    public string Wanted =>
        $"send {_beginning}-id, {_beginning}-timestamp and {header} (Standard Webhooks), signed within {tolerance.TotalSeconds.ToString(CultureInfo.InvariantCulture)} s of now";

    public bool SignsBody => true;

    /// <summary>Whether the name of a header ends as the others can be derived from.</summary>
    public static bool IsSignatureHeader(string header) => header.Length > Suffix.Length && header.EndsWith(Suffix, StringComparison.OrdinalIgnoreCase);

    /// <summary>The key that a secret stands for.</summary>
    /// <exception cref="FormatException">It is no base64.</exception>
    public static byte[] KeyOf(string secret) =>
        Convert.FromBase64String(secret.StartsWith(SecretPrefix, StringComparison.Ordinal) ? secret[SecretPrefix.Length..] : secret);

    public ValueTask<Admission> OfRequestAsync(HttpContext context)
    {
        IHeaderDictionary headers = context.Request.Headers;
        string timestamp = headers[$"{_beginning}-timestamp"].ToString();
        if (string.IsNullOrEmpty(headers[header]) || string.IsNullOrEmpty(headers[$"{_beginning}-id"]) || timestamp.Length == 0)
        {
            return ValueTask.FromResult(Admission.Missing);
        }

        bool timely = long.TryParse(timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out long seconds)
            && Math.Abs((decimal)clock.GetUtcNow().ToUnixTimeSeconds() - seconds) <= (decimal)tolerance.TotalSeconds;
        return ValueTask.FromResult(timely ? Admission.Admitted : Admission.Untimely);
    }

    public Admission OfBody(HttpContext context, ReadOnlySpan<byte> body)
    {
        IHeaderDictionary headers = context.Request.Headers;
        byte[] signed = [.. Encoding.UTF8.GetBytes($"{headers[$"{_beginning}-id"]}.{headers[$"{_beginning}-timestamp"]}."), .. body];
        Span<byte> expected = stackalloc byte[SHA256.HashSizeInBytes];
        bool matches = false;
        foreach (string signature in headers[header].ToString().Split(' ', MaxSignatures, StringSplitOptions.RemoveEmptyEntries))
        {
            byte[] bytes = Read(signature);
            foreach (byte[] key in _keys)
            {
                HMACSHA256.HashData(key, signed, expected);
                matches |= CryptographicOperations.FixedTimeEquals(bytes, expected);
            }
        }

        return matches ? Admission.Admitted : Admission.Wrong;
    }

    private static byte[] Read(string signature)
    {
        byte[] bytes = new byte[SHA256.HashSizeInBytes];
        return signature.StartsWith(Version, StringComparison.Ordinal)
            && Convert.TryFromBase64String(signature[Version.Length..], bytes, out int length)
            && length == bytes.Length
                ? bytes
                : [];
    }
}
