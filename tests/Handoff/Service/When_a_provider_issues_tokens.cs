using System.Security.Cryptography;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using ReleaseIntegrity.Handoff.Access;
using ReleaseIntegrity.Handoff.Examining;
using ReleaseIntegrity.Handoff.V1;
using ReleaseIntegrity.Hosting.Doctor;

namespace ReleaseIntegrity.Tests.Handoff.Service;

/// <summary>Tokens of an OpenID provider that publishes its keys on this machine.</summary>
public sealed class When_a_provider_issues_tokens : IAsyncLifetime
{
    private const string Issuer = "https://login.example.com";
    private const string Audience = "release-integrity";

    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly ECDsa _foreign = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private WebApplication _provider = null!;
    private HandoffHost _host = null!;

    public async ValueTask InitializeAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _provider = builder.Build();
        ECParameters point = _key.ExportParameters(false);
        string keys = $$"""{"keys":[{"kty":"EC","crv":"P-256","kid":"one","use":"sig","alg":"ES256","x":"{{Base64UrlEncoder.Encode(point.Q.X)}}","y":"{{Base64UrlEncoder.Encode(point.Q.Y)}}"}]}""";
        _provider.MapGet("/keys", () => Results.Text(keys, "application/json"));
        await _provider.StartAsync();
        _host = await HandoffHost.StartAsync(o => o with { Access = new AccessOptions { OpenId = Settings() } });
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _provider.DisposeAsync();
        _key.Dispose();
        _foreign.Dispose();
    }

    [Fact]
    public async Task Its_token_lets_in_with_the_roles_that_it_names()
    {
        string token = Token();
        Assert.Equal(StatusCode.OK, await ListAsync(token));
        using GrpcChannel channel = _host.ChannelOf(token);
        RpcException denied = await Assert.ThrowsAsync<RpcException>(
            async () => await new AuditService.AuditServiceClient(channel).ListAuditEventsAsync(new ListAuditEventsRequest()));
        Assert.Equal(StatusCode.PermissionDenied, denied.StatusCode);
        using GrpcChannel admin = _host.ChannelOf(Token(roles: ["admin", "no-such-role"]));
        ListAuditEventsResponse events = await new AuditService.AuditServiceClient(admin).ListAuditEventsAsync(new ListAuditEventsRequest());
        Assert.Equal("maya@example.com", Assert.Single(events.Events).Subject);
    }

    [Fact]
    public async Task Anything_else_does_not()
    {
        string[] wrong =
        [
            Token(issuer: "https://other.example.com"),
            Token(audience: "somebody-else"),
            Token(expires: DateTime.UtcNow.AddMinutes(-2)),
            Token(from: DateTime.UtcNow.AddMinutes(5)),
            Token(key: new ECDsaSecurityKey(_foreign) { KeyId = "one" }),
            Token(key: new ECDsaSecurityKey(_foreign) { KeyId = "two" }),
            Token(subject: ""),

            // The public key as a shared secret (RFC 8725, section 2.1), and no signature at all.
            Token(key: new SymmetricSecurityKey(_key.ExportSubjectPublicKeyInfo()) { KeyId = "one" }, algorithm: SecurityAlgorithms.HmacSha256),
            $"{Token().Split('.')[0]}.{Token().Split('.')[1]}.",
            HandoffHost.TokenOf([Role.Viewer]),
        ];
        foreach (string token in wrong)
        {
            Assert.Equal(StatusCode.Unauthenticated, await ListAsync(token));
        }
    }

    [Fact]
    public async Task Keys_that_are_away_are_unavailable_and_the_doctor_says_so()
    {
        Assert.Equal(FindingState.Ok, (await ExamineAsync())[0].State);
        Assert.Equal(StatusCode.OK, await ListAsync(Token()));
        await using HandoffHost late = await HandoffHost.StartAsync(o => o with { Access = new AccessOptions { OpenId = Settings() } });
        await _provider.StopAsync();
        using GrpcChannel channel = late.ChannelOf(Token());
        RpcException away = await Assert.ThrowsAsync<RpcException>(async () => await new HandoffService.HandoffServiceClient(channel).ListLedgersAsync(new ListLedgersRequest()));
        Assert.Equal(StatusCode.Unavailable, away.StatusCode);
        Assert.Equal(FindingState.Failure, (await ExamineAsync())[0].State);

        // Who read them before still has them.
        Assert.Equal(StatusCode.OK, await ListAsync(Token()));

        Task<IReadOnlyList<Finding>> ExamineAsync() =>
            new AccessExamination(new AccessOptions { OpenId = Settings() }, [], TimeProvider.System).ExamineAsync(CancellationToken.None);
    }

    private OpenIdSettings Settings() => new() { Issuer = Issuer, Audience = Audience, Keys = $"{_provider.Urls.Single()}/keys" };

    private async Task<StatusCode> ListAsync(string token)
    {
        using GrpcChannel channel = _host.ChannelOf(token);
        try
        {
            await new HandoffService.HandoffServiceClient(channel).ListLedgersAsync(new ListLedgersRequest());
            return StatusCode.OK;
        }
        catch (RpcException refused)
        {
            return refused.StatusCode;
        }
    }

    private string Token(
        string issuer = Issuer, string audience = Audience, string subject = "maya@example.com", string[]? roles = null,
        DateTime? from = null, DateTime? expires = null, SecurityKey? key = null, string algorithm = SecurityAlgorithms.EcdsaSha256) =>
        new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = issuer,
            Audience = audience,
            Claims = new Dictionary<string, object> { ["sub"] = subject, ["roles"] = roles ?? ["viewer"] },
            NotBefore = from ?? (expires is null ? null : expires.Value.AddMinutes(-10)),
            Expires = expires ?? DateTime.UtcNow.AddHours(1),
            SigningCredentials = new SigningCredentials(key ?? new ECDsaSecurityKey(_key) { KeyId = "one" }, algorithm),
        });
}
