using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Grpc.Core;
using ReleaseIntegrity.Export;
using ReleaseIntegrity.Handoff.V1;
using ReleaseIntegrity.Masking;
using ReleaseIntegrity.Tests.Handoff.Masking;
using ReleaseIntegrity.Tests.Handoff.Service;

namespace ReleaseIntegrity.Tests.Handoff.Export;

public class An_exported_package
{
    private static readonly ExportKey Key = ExportKey.Generate();

    [Fact]
    public async Task Is_the_masked_document_and_verifies_offline()
    {
        await using HandoffHost host = await HandoffHost.StartAsync(o => o with { ExportKey = Key });
        var random = new RandomDocument(41);
        await host.Feed.Apply(HandoffHost.Prepared(random, 1));
        string name = $"tuples/{new Masker(HandoffHost.Key).TupleId(random.Tuple)}/packages/latest";
        ExportedPackage exported = await host.Client.ExportCorrectionPackageAsync(new ExportCorrectionPackageRequest { Name = name });
        CorrectionPackage package = await host.Client.GetCorrectionPackageAsync(new GetCorrectionPackageRequest { Name = name });
        Assert.Equal((Key.Id, Key.PublicKeyPem), (exported.KeyId, exported.PublicKeyPem));
        var verification = PackageVerification.Of(exported.EnvelopeJson, Key.PublicKeyPem);
        Assert.Equal(VerificationOutcome.Verified, verification.Outcome);
        Assert.Equal(package.MaskedJson, verification.MaskedJson);
        Assert.DoesNotContain(random.Secrets, s => Leaks.Shows(verification.MaskedJson!, s));
    }

    [Fact]
    public async Task Needs_a_key()
    {
        await using HandoffHost host = await HandoffHost.StartAsync();
        RpcException e = await Assert.ThrowsAsync<RpcException>(() => host.Client.ExportCorrectionPackageAsync(
            new ExportCorrectionPackageRequest { Name = $"tuples/{new string('0', 32)}/packages/latest" }).ResponseAsync);
        Assert.Equal(StatusCode.FailedPrecondition, e.StatusCode);
        Assert.Contains("Handoff:ExportKeyFile", e.Status.Detail, StringComparison.Ordinal);
    }

    /// <summary>The example of the DSSE specification, protocol.md.</summary>
    [Fact]
    public void Is_signed_over_type_and_payload() => Assert.Equal(
        "DSSEv1 29 http://example.com/HelloWorld 11 hello world",
        Encoding.UTF8.GetString(PackageEnvelope.PreAuthenticated("http://example.com/HelloWorld", "hello world"u8)));

    [Fact]
    public void Does_not_verify_once_anything_was_changed()
    {
        string envelope = PackageEnvelope.Sign("""{"schema":"package/v1"}""", Key);
        Assert.Equal(VerificationOutcome.Verified, Check(envelope));
        Assert.Equal(VerificationOutcome.SignatureBroken, Check(With(envelope, e => e["payload"] = Base64("""{"schema":"package/v2"}"""))));
        Assert.Equal(VerificationOutcome.OtherPayloadType, Check(With(envelope, e => e["payloadType"] = "application/json")));
        Assert.Equal(VerificationOutcome.SignatureBroken, Check(With(envelope, e => e["signatures"]![0]!["sig"] = Base64("x"))));
        Assert.Equal(VerificationOutcome.OtherKey, Check(With(envelope, e => e["signatures"]![0]!["keyid"] = ExportKey.Generate().Id)));
        Assert.Equal(VerificationOutcome.OtherKey, Check(With(envelope, e => e["signatures"] = new JsonArray())));
        Assert.Equal(VerificationOutcome.OtherKey, Check(PackageEnvelope.Sign("{}", ExportKey.Generate())));

        // A signature of another key under this key's name.
        JsonNode foreign = JsonNode.Parse(PackageEnvelope.Sign("""{"schema":"package/v1"}""", ExportKey.Generate()))!;
        foreign["signatures"]![0]!["keyid"] = Key.Id;
        Assert.Equal(VerificationOutcome.SignatureBroken, Check(foreign.ToJsonString()));
        byte[] bytes = Convert.FromBase64String((string)JsonNode.Parse(envelope)!["payload"]!);
        for (int i = 0; i < bytes.Length; i++)
        {
            byte[] flipped = [.. bytes];
            flipped[i] ^= 1;
            Assert.Equal(VerificationOutcome.SignatureBroken, Check(With(envelope, e => e["payload"] = Convert.ToBase64String(flipped))));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"payload":"e30=","payloadType":"a","signatures":{}}""")]
    [InlineData("""{"payload":"?","payloadType":"a","signatures":[]}""")]
    [InlineData("""{"payload":"e30=","payloadType":1,"signatures":[]}""")]
    [InlineData("""{"payload":"e30=","payloadType":"a","signatures":[null]}""")]
    [InlineData("""{"payload":"e30=","payload":"e30=","payloadType":"a","signatures":[]}""")]
    public void Is_an_envelope_or_nothing(string json) => Assert.Equal(VerificationOutcome.NotAnEnvelope, Check(json));

    [Fact]
    public void Is_signed_by_a_key_of_p256_alone()
    {
        Assert.Equal(Key.Id, ExportKey.Parse(Key.PrivateKeyPem()).Id);
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        foreach (string pem in new[] { "", "x", Key.PublicKeyPem, other.ExportPkcs8PrivateKeyPem() })
        {
            Assert.Contains("openssl genpkey", Assert.Throws<ExportKeyException>(() => ExportKey.Parse(pem)).Message, StringComparison.Ordinal);
        }

        Assert.Throws<ExportKeyException>(() => ExportKey.Read("/no/such/file"));
        Assert.Throws<ExportKeyException>(() => PackageVerification.Of("{}", other.ExportSubjectPublicKeyInfoPem()));
        Assert.Throws<ExportKeyException>(() => PackageVerification.Of("{}", "x"));
    }

    private static VerificationOutcome Check(string envelope) => PackageVerification.Of(envelope, Key.PublicKeyPem).Outcome;

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    private static string With(string envelope, Action<JsonNode> change)
    {
        JsonNode node = JsonNode.Parse(envelope)!;
        change(node);
        return node.ToJsonString();
    }
}
