using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ReleaseIntegrity.Handoff;
using ReleaseIntegrity.Handoff.Access;
using ReleaseIntegrity.Handoff.V1;
using ReleaseIntegrity.Hosting;
using ReleaseIntegrity.Storage;
using ReleaseIntegrity.Tests.Servers;

namespace ReleaseIntegrity.Tests.Handoff.Service;

/// <summary>Client certificates in a real TLS handshake, instead of a token and beside one.</summary>
public sealed class When_a_caller_shows_a_certificate : IDisposable
{
    private static readonly X509Certificate2 Server = Certificates.SelfSigned("localhost");
    private static readonly X509Certificate2 Authority = Certificates.Authority("authority");

    private readonly string _folder = Directory.CreateTempSubdirectory("handoff-").FullName;
    private readonly string _authorities;

    public When_a_caller_shows_a_certificate()
    {
        _authorities = Path.Combine(_folder, "ca.pem");
        File.WriteAllText(_authorities, Authority.ExportCertificatePem());
    }

    [Fact]
    public async Task It_is_let_in_by_thumbprint_or_by_name_and_may_what_is_configured()
    {
        using X509Certificate2 known = Certificates.SelfSigned("desk.example.com");
        using X509Certificate2 issued = Certificates.Issued(Authority, "maya.example.com");
        using X509Certificate2 other = Certificates.Issued(Authority, "other.example.com");
        using X509Certificate2 forged = Certificates.SelfSigned("maya.example.com");
        using X509Certificate2 expired = Certificates.Issued(Authority, "maya.example.com", DateTimeOffset.UtcNow.AddMinutes(-5));
        await using WebApplication app = await StartAsync(withKey: false, new ClientCertificateSettings
        {
            Authorities = _authorities,
            Callers =
            [
                new CertifiedCaller { Subject = "desk", Thumbprints = [known.GetCertHashString(HashAlgorithmName.SHA256)], Roles = ["viewer"] },
                new CertifiedCaller { Subject = "maya", Names = ["maya.example.com"], Roles = ["admin"], Repositories = ["registry.invalid/**"] },
            ],
        });

        Assert.Equal((StatusCode.OK, StatusCode.PermissionDenied), await CallsAsync(app, known));
        Assert.Equal((StatusCode.OK, StatusCode.PermissionDenied), await CallsAsync(app, issued));
        foreach (X509Certificate2? wrong in new[] { other, forged, expired, null })
        {
            Assert.Equal((StatusCode.Unauthenticated, StatusCode.Unauthenticated), await CallsAsync(app, wrong));
        }

        // Nothing checks tokens here, so none stands in for a certificate.
        Assert.Equal(StatusCode.Unauthenticated, (await CallsAsync(app, null, HandoffHost.TokenOf([Role.Viewer]))).List);
    }

    [Fact]
    public async Task Beside_a_token_the_token_says_who_it_is()
    {
        using X509Certificate2 known = Certificates.SelfSigned("desk.example.com");
        var settings = new ClientCertificateSettings
        {
            Callers = [new CertifiedCaller { Subject = "desk", Thumbprints = [known.GetCertHashString(HashAlgorithmName.SHA256)], Roles = ["viewer"] }],
        };
        string admin = HandoffHost.TokenOf([Role.Admin]);
        await using (WebApplication app = await StartAsync(withKey: true, settings))
        {
            Assert.Equal((StatusCode.OK, StatusCode.PermissionDenied), await CallsAsync(app, known));
            Assert.Equal((StatusCode.OK, StatusCode.OK), await CallsAsync(app, known, admin));
            Assert.Equal((StatusCode.OK, StatusCode.OK), await CallsAsync(app, null, admin));
            Assert.Equal((StatusCode.Unauthenticated, StatusCode.Unauthenticated), await CallsAsync(app, known, admin[..^3]));
        }

        settings.Required = true;
        await using (WebApplication app = await StartAsync(withKey: true, settings))
        {
            Assert.Equal((StatusCode.OK, StatusCode.OK), await CallsAsync(app, known, admin));
            Assert.Equal((StatusCode.Unauthenticated, StatusCode.Unauthenticated), await CallsAsync(app, null, admin));
        }
    }

    [Fact]
    public void Settings_that_let_in_nobody_or_too_many_are_refused_with_the_fix()
    {
        string thumbprint = new('a', 64);
        Refused(new ClientCertificateSettings(), "__Callers__0__");
        Refused(With(new CertifiedCaller { Thumbprints = [thumbprint], Roles = ["viewer"] }), "__Subject=");
        Refused(With(new CertifiedCaller { Subject = "a", Roles = ["viewer"] }), "__Names__0=");
        Refused(With(new CertifiedCaller { Subject = "a", Names = ["a.example.com"], Roles = ["viewer"] }), "__Authorities=ca.pem");
        Refused(With(new CertifiedCaller { Subject = "a", Thumbprints = ["abc"], Roles = ["viewer"] }), "64 hex digits");
        Refused(With(new CertifiedCaller { Subject = "a", Thumbprints = [thumbprint] }), "__Roles__0=viewer");
        Refused(With(new CertifiedCaller { Subject = "a", Thumbprints = [thumbprint], Roles = ["root"] }), "__Roles__0=viewer");
        ClientCertificateSettings nothing = With(new CertifiedCaller { Subject = "a", Thumbprints = [thumbprint], Roles = ["viewer"] });
        nothing.Authorities = Path.Combine(_folder, "missing.pem");
        Refused(nothing, "__Authorities=ca.pem");
        nothing.Authorities = _authorities;
        Assert.Same(nothing, new HandoffSettings { ClientCertificates = nothing }.ReadAccess().ClientCertificates);

        static ClientCertificateSettings With(CertifiedCaller caller) => new() { Callers = [caller] };

        static void Refused(ClientCertificateSettings settings, string fix) => Assert.Contains(
            fix, Assert.Throws<OptionsValidationException>(() => new HandoffSettings { ClientCertificates = settings }.ReadAccess()).Message, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private async Task<WebApplication> StartAsync(bool withKey, ClientCertificateSettings certificates)
    {
        WebApplicationBuilder builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => ListenAddress.Parse("https://127.0.0.1:0").Listen(kestrel, HttpProtocols.Http2, certificate: Server));
        builder.Services.AddHandoff(new HandoffOptions
        {
            Store = new StoreOptions { DataFolder = Path.Combine(_folder, Guid.NewGuid().ToString("n")), FileName = "handoff.db" },
            TokenKey = HandoffHost.Key,
            Access = new AccessOptions { SigningKey = withKey ? HandoffHost.SigningKey : null, ClientCertificates = certificates },
        });
        WebApplication app = builder.Build();
        app.MapHandoff();
        await app.StartAsync();
        return app;
    }

    /// <summary>What a viewer may do, and what an admin with all repositories may.</summary>
    private static async Task<(StatusCode List, StatusCode Audit)> CallsAsync(WebApplication app, X509Certificate2? shown, string? token = null)
    {
        using var handler = new SocketsHttpHandler();
        handler.SslOptions.RemoteCertificateValidationCallback = (_, shownByServer, _, _) => shownByServer?.GetCertHashString() == Server.GetCertHashString();
        handler.SslOptions.LocalCertificateSelectionCallback = (_, _, _, _, _) => shown!;
        using GrpcChannel channel = GrpcChannel.ForAddress(app.Urls.Single(), new GrpcChannelOptions { HttpHandler = handler });
        Metadata headers = token is null ? [] : [new Metadata.Entry("authorization", $"Bearer {token}")];
        return (
            await CodeAsync(() => new HandoffService.HandoffServiceClient(channel).ListLedgersAsync(new ListLedgersRequest(), headers).ResponseAsync),
            await CodeAsync(() => new AuditService.AuditServiceClient(channel).ListAuditEventsAsync(new ListAuditEventsRequest(), headers).ResponseAsync));

        static async Task<StatusCode> CodeAsync(Func<Task> call)
        {
            try
            {
                await call();
                return StatusCode.OK;
            }
            catch (RpcException refused)
            {
                return refused.StatusCode;
            }
        }
    }
}
