using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace ReleaseIntegrity.Tests.Normalisation.Formats;

public sealed class CertificateTests
{
    /// <summary>A certificate as Fulcio issues it: URI and otherName SANs, raw and DER extensions.</summary>
    private static X509Certificate2 Fulcio()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=signer, O=example", key, HashAlgorithmName.SHA256);
        var names = new AsnWriter(AsnEncodingRules.DER);
        using (names.PushSequence())
        {
            names.WriteCharacterString(UniversalTagNumber.IA5String, "https://ci.example/wf@refs/heads/main", new Asn1Tag(TagClass.ContextSpecific, 6));
            using (names.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 0)))
            {
                names.WriteObjectIdentifier("1.3.6.1.4.1.57264.1.7");
                using (names.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 0)))
                {
                    names.WriteCharacterString(UniversalTagNumber.UTF8String, "robot!example.org");
                }
            }
        }

        request.CertificateExtensions.Add(new X509Extension("2.5.29.17", names.Encode(), critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        request.CertificateExtensions.Add(new X509Extension("1.3.6.1.4.1.57264.1.1", Encoding.UTF8.GetBytes("https://issuer.example"), false));
        var text = new AsnWriter(AsnEncodingRules.DER);
        text.WriteCharacterString(UniversalTagNumber.UTF8String, "https://issuer.example/new");
        request.CertificateExtensions.Add(new X509Extension("1.3.6.1.4.1.57264.1.8", text.Encode(), false));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        return request.CreateSelfSigned(new DateTimeOffset(2026, 3, 22, 10, 0, 0, TimeSpan.Zero), new DateTimeOffset(2026, 3, 22, 10, 10, 0, TimeSpan.Zero));
    }

    [Fact]
    public void A_certificate_is_a_document_whose_parts_have_places()
    {
        using X509Certificate2 certificate = Fulcio();
        string pem = certificate.ExportCertificatePem();
        string json = System.Text.Json.JsonSerializer.Serialize(new
        {
            der = Convert.ToBase64String(certificate.RawData),
            pem,
            pem64 = Convert.ToBase64String(Encoding.UTF8.GetBytes("subject=x\n" + pem)),
        });
        Notification notification = Make.Json(json);
        using SourceDocument document = SourceDocument.Parse(notification);

        foreach (string spelling in new[] { "der", "pem", "pem64" })
        {
            Node node = document.Root[spelling].DecodeCertificate();
            Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(certificate.RawData)), node["sha256"].Text);
            Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(certificate.PublicKey.ExportSubjectPublicKeyInfo())), node["spkiSha256"].Text);
            Assert.Equal("CN=signer, O=example", node["issuer"].Text);
            Assert.Equal("2026-03-22T10:00:00Z", node["notBefore"].Text);
            Assert.Equal("2026-03-22T10:10:00Z", node["notAfter"].Text);
            Assert.Equal(["https://ci.example/wf@refs/heads/main", "robot!example.org"], node["subjectAltNames"].Items.Select(n => n.Text));
            Assert.Equal(["uri", "other:1.3.6.1.4.1.57264.1.7"], node["subjectAltNameTypes"].Items.Select(n => n.Text));
            Assert.Equal("https://issuer.example", node["extensions"]["1.3.6.1.4.1.57264.1.1"].Text);
            Assert.Equal("https://issuer.example/new", node["extensions"]["1.3.6.1.4.1.57264.1.8"].Text);
            Assert.True(node["opaqueExtensions"]["2.5.29.15"].HasValue);
            Assert.Equal(certificate.Extensions.OfType<X509SubjectKeyIdentifierExtension>().Single().SubjectKeyIdentifier, node["ski"].Text, ignoreCase: true);
            Assert.Equal(NodeKind.Null, node["aki"].Kind);
            Node fulcioIssuer = node["extensions"]["1.3.6.1.4.1.57264.1.8"];
            Assert.Equal([new DecodeStep("/" + spelling, "certificate")], fulcioIssuer.Place.Decode);
            Assert.Equal(fulcioIssuer.Text, PlaceResolver.Raw(notification, fulcioIssuer.Place));
        }
    }

    [Fact]
    public void No_mutation_of_a_certificate_throws()
    {
        using X509Certificate2 certificate = Fulcio();
        var random = new Random(20260322);
        for (int round = 0; round < 20_000; round++)
        {
            byte[] der = [.. certificate.RawData];
            for (int i = 0; i <= round % 4; i++)
            {
                der[random.Next(der.Length)] = (byte)random.Next(256);
            }

            CertificateDocument.TryRender(der.AsMemory(0, round % 7 == 0 ? random.Next(der.Length) : der.Length), out _);
        }
    }

    [Fact]
    public void Bytes_hashes_and_leaf_hashes_have_places()
    {
        Notification notification = Make.Json("""{"body":"aGVsbG8=","object":{"a" : 1},"text":"{\"k\":\"v\"}"}""");
        using SourceDocument document = SourceDocument.Parse(notification);
        Node root = document.Root;
        Node[] nodes =
        [
            root["body"].DecodeBase64().Sha256(), root["body"].RekorLeaf(), root["object"].Sha256(), root.Sha256(),
            document.Body.Sha256(), root["text"].DecodeJson()["k"],
        ];

        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData("hello"u8)), nodes[0].Text);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData("\0hello"u8)), nodes[1].Text);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData("{\"a\" : 1}"u8)), nodes[2].Text);
        Assert.Equal(notification.Sha256(), nodes[3].Text);
        Assert.Equal(notification.Sha256(), nodes[4].Text);
        Assert.All(nodes, n => Assert.Equal(n.Text, PlaceResolver.Raw(notification, n.Place)));
        Assert.Equal([new DecodeStep("/body", "base64"), new DecodeStep("", "sha256")], nodes[0].Place.Decode);
    }

    [Fact]
    public void Headers_are_one_object_whatever_the_body_is()
    {
        Notification notification = Make.Json("not JSON", headers: new() { ["ce-id"] = "é\"1" });
        using SourceDocument document = SourceDocument.Parse(notification);

        Place place = document.Headers["ce-id"].Place;

        Assert.Equal(new Place([new DecodeStep("", "header")], "/ce-id"), place);
        Assert.Equal("é\"1", PlaceResolver.Raw(notification, place));
    }
}
