using System.Security.Cryptography;
using System.Text;
using ReleaseIntegrity.Export;
using ReleaseIntegrity.Handoff.V1;

namespace ReleaseIntegrity.Tests.Steward;

public sealed class When_a_package_is_verified
{
    private const string Document = """{"format":"package/v1"}""";

    [Fact]
    public void The_encoding_is_that_of_the_protocols_example() => Assert.Equal(
        "DSSEv1 29 http://example.com/HelloWorld 11 hello world",
        Encoding.UTF8.GetString(DsseEnvelope.PreAuthenticationEncoding("http://example.com/HelloWorld", "hello world"u8.ToArray())));

    [Fact]
    public async Task An_export_verifies_offline_and_gives_the_document_back()
    {
        await using Cli cli = await Cli.StartAsync();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        cli.Answers.On<ExportCorrectionPackageRequest>(_ => new ExportedPackage
        {
            EnvelopeJson = Signed(key), KeyId = DsseEnvelope.KeyIdOf(key), PublicKeyPem = key.ExportSubjectPublicKeyInfoPem(),
        });
        string file = Path.Combine(cli.Folder, "p.json");
        (await cli.RunAsync("packages", "export", Made.Name, "--out", file)).Done();

        string payload = Path.Combine(cli.Folder, "payload.json");
        string said = (await cli.RunAsync(
            "packages", "verify", file, "--key", Pem(cli, key), "--payload", payload, "--server", "http://127.0.0.1:1")).Done();

        Assert.Contains("verified", said, StringComparison.Ordinal);
        Assert.Equal(Document, await File.ReadAllTextAsync(payload, TestContext.Current.CancellationToken));
        Assert.Contains("\"verified\":true", (await cli.RunAsync("packages", "verify", file, "--key", Pem(cli, key), "--json")).Done(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whatever_is_changed_does_not_verify()
    {
        await using Cli cli = await Cli.StartAsync();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        DsseEnvelope envelope = DsseEnvelope.Parse(Encoding.UTF8.GetBytes(Signed(key)));
        string changed = (envelope with { Payload = Convert.ToBase64String("{}"u8) }).ToJson();
        string retyped = (envelope with { PayloadType = "text/plain" }).ToJson();
        string otherType = DsseEnvelope.Sign("text/plain", Encoding.UTF8.GetBytes(Document), key).ToJson();

        foreach (string bad in new[] { changed, retyped, otherType, Signed(other) })
        {
            Ended ended = await cli.RunAsync("packages", "verify", cli.File("bad.json", bad), "--key", Pem(cli, key));
            Assert.Equal(7, ended.Code);
            Assert.Contains("NOT VERIFIED", ended.Error, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("no json")]
    [InlineData("{}")]
    [InlineData("""{"payloadType":"a","payload":"%","signatures":[{"sig":"%"}]}""")]
    public async Task What_is_no_envelope_is_refused(string text)
    {
        await using Cli cli = await Cli.StartAsync();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Assert.Equal(2, (await cli.RunAsync("packages", "verify", cli.File("bad.json", text), "--key", Pem(cli, key))).Code);
        Assert.Equal(2, (await cli.RunAsync("packages", "verify", cli.File("p.json", Signed(key)), "--key", cli.File("k", "no key"))).Code);
    }

    private static string Signed(ECDsa key) => DsseEnvelope.Sign(DsseEnvelope.PackageType, Encoding.UTF8.GetBytes(Document), key).ToJson();

    private static string Pem(Cli cli, ECDsa key) => cli.File("key.pem", key.ExportSubjectPublicKeyInfoPem());
}
