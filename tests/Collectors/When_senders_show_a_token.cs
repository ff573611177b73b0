using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using ReleaseIntegrity.Collectors.Hosting;
using ReleaseIntegrity.Collectors.Hosting.Authentication;

namespace ReleaseIntegrity.Tests.Collectors;

/// <summary>Tokens of an OpenID provider whose keys are in a file, or behind an address.</summary>
public sealed class When_senders_show_a_token : WithFolder
{
    private const string Issuer = "https://accounts.example.com";
    private const string Audience = "https://collector.example.com";

    private readonly RsaSecurityKey _key = Key("one");

    private string KeyFile => Path.Combine(Folder, "keys.json");

    [Fact]
    public async Task The_configured_issuer_audience_and_claims_are_let_in_and_nobody_else()
    {
        await File.WriteAllTextAsync(KeyFile, KeySet(_key), CollectorHost.Ct);
        await using CollectorHost host = await StartAsync(KeyFile);

        Assert.Equal(HttpStatusCode.Accepted, await SendAsync(host, Token(_key)));
        Assert.Equal(HttpStatusCode.Unauthorized, await SendAsync(host, null));
        Assert.Equal(HttpStatusCode.Unauthorized, await SendAsync(host, "no.token.atall"));
        Assert.Equal(HttpStatusCode.Unauthorized, await SendAsync(host, Token(_key, issuer: "https://evil.example.com")));
        Assert.Equal(HttpStatusCode.Unauthorized, await SendAsync(host, Token(_key, audience: "https://other.example.com")));
        Assert.Equal(HttpStatusCode.Unauthorized, await SendAsync(host, Token(_key, email: "other@example.com")));
        Assert.Equal(HttpStatusCode.Unauthorized, await SendAsync(host, Token(_key, email: null)));
        Assert.Equal(HttpStatusCode.Unauthorized, await SendAsync(host, Token(_key, expires: DateTime.UtcNow.AddMinutes(-2))));
        Assert.Equal(HttpStatusCode.Unauthorized, await SendAsync(host, Token(Key("one"))));
        Assert.Equal(HttpStatusCode.Unauthorized, await SendAsync(host, Token(Key("unknown"))));
        Assert.Equal(HttpStatusCode.Unauthorized, await SendAsync(host, Tampered(Token(_key))));
    }

    [Fact]
    public async Task A_token_without_signature_or_signed_with_the_public_key_as_secret_is_refused()
    {
        await File.WriteAllTextAsync(KeyFile, KeySet(_key), CollectorHost.Ct);
        await using CollectorHost host = await StartAsync(KeyFile);
        byte[] modulus = _key.Rsa.ExportParameters(false).Modulus!;

        Assert.Equal(HttpStatusCode.Unauthorized, await SendAsync(host, Token(null)));
        Assert.Equal(HttpStatusCode.Unauthorized, await SendAsync(host, Token(new SymmetricSecurityKey(modulus) { KeyId = "one" })));
    }

    [Fact]
    public async Task A_key_that_the_issuer_adds_is_found_at_its_address()
    {
        RsaSecurityKey next = Key("two");
        string published = KeySet(_key);
        await using WebApplication issuer = await IssuerAsync(() => published);
        await using CollectorHost host = await StartAsync(new Uri(new Uri(issuer.Urls.First()), "keys").ToString());
        Assert.Equal(HttpStatusCode.Accepted, await SendAsync(host, Token(_key)));

        published = KeySet(_key, next);

        HttpStatusCode status = HttpStatusCode.Unauthorized;
        for (int i = 0; i < 300 && status != HttpStatusCode.Accepted; i++)
        {
            status = await SendAsync(host, Token(next));
            await Task.Delay(100, CollectorHost.Ct);
        }

        Assert.Equal(HttpStatusCode.Accepted, status);
    }

    [Fact]
    public async Task While_the_keys_are_away_the_sender_is_told_to_come_back()
    {
        await using CollectorHost host = await StartAsync(KeyFile);
        using HttpResponseMessage away = await PostAsync(host, Token(_key));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, away.StatusCode);
        Assert.NotNull(away.Headers.RetryAfter);
    }

    [Fact]
    public async Task Settings_that_can_not_work_are_refused_with_what_to_write()
    {
        OptionsValidationException e = await Assert.ThrowsAsync<OptionsValidationException>(() => CollectorHost.StartAsync(Folder, o =>
        {
            o.Credential = new CredentialOptions { Scheme = "oidc", Keys = "http://issuer.example.com/keys" };
            o.Formats["other"] = new FormatOptions { Credential = new CredentialOptions { Scheme = "mtls", Authorities = "nowhere.pem" } };
            o.Formats["fake"] = new FormatOptions { Credential = new CredentialOptions { Scheme = "telepathy" } };
            o.OperatorCredential = new CredentialOptions { Scheme = "github" };
            o.OperatorCredential.Secrets.Add("0123456789abcdef");
            o.ReadCredential = new CredentialOptions { Scheme = "standard-webhooks", Header = "X-Sig" };
            o.ReadCredential.Secrets.Add("whsec_?0123456789");
        }));
        string all = string.Join('\n', e.Failures);
        foreach (string part in (string[])
        [
            "Credential needs issuer and audience", "Credential:Keys must be a file or an https address", "Formats:other:Credential:Authorities must be a file",
            "Formats:fake:Credential:Scheme is unknown; known: static, query", "OperatorCredential:Scheme signs bodies", "ReadCredential:Header must end in -signature",
            "ReadCredential:Secrets must be base64",
        ])
        {
            Assert.Contains(part, all, StringComparison.Ordinal);
        }
    }

    private static RsaSecurityKey Key(string id) => new(RSA.Create(2048)) { KeyId = id };

    private static string KeySet(params RsaSecurityKey[] keys) => JsonSerializer.Serialize(new
    {
        keys = keys.Select(k => k.Rsa.ExportParameters(false)).Select((p, i) => new
        {
            kty = "RSA", use = "sig", alg = "RS256", kid = keys[i].KeyId,
            n = Base64UrlEncoder.Encode(p.Modulus), e = Base64UrlEncoder.Encode(p.Exponent),
        }),
    });

    private static string Token(
        SecurityKey? key, string issuer = Issuer, string audience = Audience, string? email = "push@example.com", DateTime? expires = null) =>
        new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = issuer,
            Audience = audience,
            Expires = expires ?? DateTime.UtcNow.AddMinutes(10),
            Claims = email is null ? [] : new Dictionary<string, object> { ["email"] = email, ["email_verified"] = true },
            SigningCredentials = key is null ? null : new SigningCredentials(key, key is RsaSecurityKey ? SecurityAlgorithms.RsaSha256 : SecurityAlgorithms.HmacSha256),
        });

    private static string Tampered(string token)
    {
        string[] parts = token.Split('.');
        string claims = Base64UrlEncoder.Decode(parts[1]).Replace("push@", "pull@", StringComparison.Ordinal);
        return $"{parts[0]}.{Base64UrlEncoder.Encode(claims)}.{parts[2]}";
    }

    private static async Task<WebApplication> IssuerAsync(Func<string> keys)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        WebApplication app = builder.Build();
        app.MapGet("keys", () => Results.Text(keys(), "application/json", Encoding.UTF8));
        await app.StartAsync(CollectorHost.Ct);
        return app;
    }

    private Task<CollectorHost> StartAsync(string keys) => CollectorHost.StartAsync(Folder, options =>
    {
        options.Credential = new CredentialOptions { Scheme = "oidc", Keys = keys, ToleranceSeconds = 60 };
        options.Credential.Issuers.Add(Issuer);
        options.Credential.Audiences.Add(Audience);
        options.Credential.Claims["email"] = "push@example.com";
        options.Credential.Claims["email_verified"] = "true";
    });

    private static Task<HttpResponseMessage> PostAsync(CollectorHost host, string? token) => host.PostAsync(
        "[]", with: r => r.Headers.Authorization = token is null ? null : new("Bearer", token));

    private static async Task<HttpStatusCode> SendAsync(CollectorHost host, string? token)
    {
        using HttpResponseMessage response = await PostAsync(host, token);
        return response.StatusCode;
    }
}
