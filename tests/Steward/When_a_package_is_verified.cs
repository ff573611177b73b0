using System.Text.Json.Nodes;
using ReleaseIntegrity.Export;
using ReleaseIntegrity.Handoff.V1;

namespace ReleaseIntegrity.Tests.Steward;

public sealed class When_a_package_is_verified
{
    private const string Document = """{"format":"package/v1"}""";

    private static readonly ExportKey Signer = ExportKey.Generate();

    [Fact]
    public async Task An_export_verifies_offline_and_gives_the_document_back()
    {
        await using Cli cli = await Cli.StartAsync();
        cli.Answers.On<ExportCorrectionPackageRequest>(_ => new ExportedPackage { EnvelopeJson = PackageEnvelope.Sign(Document, Signer), KeyId = Signer.Id, PublicKeyPem = Signer.PublicKeyPem });
        string file = Path.Combine(cli.Folder, "p.json");
        (await cli.RunAsync("packages", "export", Made.Name, "--out", file)).Done();

        string payload = Path.Combine(cli.Folder, "payload.json");
        string key = cli.File("key.pem", Signer.PublicKeyPem);
        string said = (await cli.RunAsync("packages", "verify", file, "--key", key, "--payload", payload, "--server", "http://127.0.0.1:1")).Done();

        Assert.Contains("verified", said, StringComparison.Ordinal);
        Assert.Contains(Signer.Id, said, StringComparison.Ordinal);
        Assert.Equal(Document, await File.ReadAllTextAsync(payload, TestContext.Current.CancellationToken));
        Assert.Contains("\"verified\":true", (await cli.RunAsync("packages", "verify", file, "--key", key, "--json")).Done(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("payload", "e30=", "changed")]
    [InlineData("payloadType", "text/plain", "something else")]
    [InlineData("signatures", "none", "no DSSE envelope")]
    public async Task Whatever_is_changed_does_not_verify(string member, string value, string why)
    {
        await using Cli cli = await Cli.StartAsync();
        JsonNode envelope = JsonNode.Parse(PackageEnvelope.Sign(Document, Signer))!;
        envelope[member] = value;

        Ended ended = await cli.RunAsync("packages", "verify", cli.File("bad.json", envelope.ToJsonString()), "--key", cli.File("key.pem", Signer.PublicKeyPem));

        Assert.Equal(7, ended.Code);
        Assert.Contains("NOT VERIFIED: ", ended.Error, StringComparison.Ordinal);
        Assert.Contains(why, ended.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_key_does_not_verify_and_what_is_no_key_is_refused()
    {
        await using Cli cli = await Cli.StartAsync();
        string file = cli.File("p.json", PackageEnvelope.Sign(Document, Signer));
        Assert.Equal(7, (await cli.RunAsync("packages", "verify", file, "--key", cli.File("other.pem", ExportKey.Generate().PublicKeyPem))).Code);
        Assert.Equal(2, (await cli.RunAsync("packages", "verify", file, "--key", cli.File("none.pem", "no key"))).Code);
    }
}
