using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Collectors.Hosting.Authentication;

/// <summary>The secret itself, in a header or in a parameter of the URL. Nothing keeps who overhears it from using it.</summary>
internal sealed class StaticSecret(CredentialScheme scheme, string name, IEnumerable<string> secrets) : ISenderCheck
{
    private const string Bearer = "Bearer ";

    private readonly byte[][] _secrets = [.. secrets.Select(Hash)];
    private readonly bool _isAuthorization = string.Equals(name, "Authorization", StringComparison.OrdinalIgnoreCase);

    public string Scheme => WireNames.Of(scheme);

    public string Wanted => scheme == CredentialScheme.Query
        ? $"send the secret as the parameter {name} of the URL"
        : $"send the secret in the header {name}";

    public ValueTask<Admission> OfRequestAsync(HttpContext context)
    {
        StringValues shown = scheme == CredentialScheme.Query ? context.Request.Query[name] : context.Request.Headers[name];
        return ValueTask.FromResult(StringValues.IsNullOrEmpty(shown) ? Admission.Missing : Judge(shown.ToString()));
    }

    private Admission Judge(string value)
    {
        byte[] whole = Hash(value);
        byte[] token = _isAuthorization && value.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase) ? Hash(value[Bearer.Length..].Trim()) : whole;

        // Every comparison is made, so that the time tells nothing about which one matched.
        bool matches = false;
        foreach (byte[] secret in _secrets)
        {
            matches |= CryptographicOperations.FixedTimeEquals(whole, secret);
            matches |= CryptographicOperations.FixedTimeEquals(token, secret);
        }

        return matches ? Admission.Admitted : Admission.Wrong;
    }

    private static byte[] Hash(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));
}
