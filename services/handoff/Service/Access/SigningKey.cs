using System.Security.Cryptography;
using System.Text;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using ReleaseIntegrity.Handoff.V1;

namespace ReleaseIntegrity.Handoff.Access;

/// <summary>
/// A key of the service's own, for where no OpenID provider is: who holds it mints tokens, HMAC-SHA256 (RFC 7518, section
/// 3.2). Its file holds one line of 64 or more hex digits.
/// </summary>
public sealed class SigningKey
{
    /// <summary>Issuer of the tokens that it signs.</summary>
    public const string Issuer = "release-integrity";

    /// <summary>Audience of the tokens that it signs.</summary>
    public const string Audience = "release-integrity-handoff";

    private const int MinimumBytes = 32;
    private const int MaximumFileBytes = 4096;
    private readonly byte[] _bytes;

    private SigningKey(byte[] bytes)
    {
        _bytes = bytes;
        Key = new SymmetricSecurityKey(bytes);
    }

    internal SecurityKey Key { get; }

    /// <summary>A new key from the system's random source.</summary>
    public static SigningKey Generate() => new(RandomNumberGenerator.GetBytes(MinimumBytes));

    /// <summary>Reads a key file.</summary>
    /// <exception cref="SigningKeyException">The file is missing or holds no key; the text names the fix.</exception>
    public static SigningKey Read(string path)
    {
        string fix = $"make one with: (umask 077; openssl rand -hex 32 > {path})";
        try
        {
            var file = new FileInfo(path);
            byte[] bytes = file.Length <= MaximumFileBytes ? Convert.FromHexString(File.ReadAllText(path, Encoding.ASCII).Trim()) : [];
            return bytes.Length >= MinimumBytes
                ? new SigningKey(bytes)
                : throw new SigningKeyException($"'{path}' holds no signing key of 64 hex digits or more; {fix}");
        }
        catch (FormatException)
        {
            throw new SigningKeyException($"'{path}' holds no signing key of 64 hex digits or more; {fix}");
        }
        catch (Exception bad) when (bad is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new SigningKeyException($"the signing key '{path}' can't be read; {fix}");
        }
    }

    /// <summary>The text of a key file. Whoever has it may call everything.</summary>
    public string Export() => Convert.ToHexStringLower(_bytes);

    /// <summary>A token for the handoff.</summary>
    /// <param name="subject">Who it is for; audit events and decisions name it.</param>
    /// <param name="roles">What it allows.</param>
    /// <param name="repositories">Patterns of registry and path as in a policy's scope; null for all.</param>
    /// <param name="expires">Until when it is good.</param>
    public string Mint(string subject, IEnumerable<Role> roles, IReadOnlyCollection<string>? repositories, DateTimeOffset expires)
    {
        var claims = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            [CallerClaims.Subject] = subject,
            [CallerClaims.Roles] = roles.Select(CallerClaims.NameOf).ToArray(),
        };
        if (repositories is not null)
        {
            claims[CallerClaims.Repositories] = repositories.ToArray();
        }

        return new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = Issuer,
            Audience = Audience,
            Claims = claims,
            Expires = expires.UtcDateTime,
            SigningCredentials = new SigningCredentials(Key, SecurityAlgorithms.HmacSha256),
        });
    }
}

/// <summary>A signing key can't be used. The text says why and what to do, and holds nothing of a key.</summary>
public sealed class SigningKeyException(string message) : Exception(message);
