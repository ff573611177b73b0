using System.Globalization;
using System.Text.RegularExpressions;
using ReleaseIntegrity.Collectors.SignatureLedger;

namespace ReleaseIntegrity.Tests.Normalisation.Ledger;

/// <summary>Real bundles and log entries, and what independent tools read in them (<see cref="Samples"/>).</summary>
public sealed class LedgerSampleTests
{
    private const string FulcioArc = "1.3.6.1.4.1.57264.1.";

    /// <summary>An image layout belongs to the registry; of its documents only signatures are a ledger's.</summary>
    [Fact]
    public void Of_a_saved_image_the_ledger_reads_the_signatures()
    {
        string[] outcomes = [.. Samples.Files("provenance-ledger/oci-layout").Select(file => string.Join(
            ' ', new[] { Path.GetFileName(file)[..7] }.Concat(LedgerTest.Normalise(Read(file, "oci-layout")).Select(i => i.GetType().Name.ToLowerInvariant()))))];

        Assert.Equal(
            ["v1.10.0 hint", "v1.5.0- hint", "v1.5.0- irrelevant irrelevant", "v1.5.0- irrelevant", "v1.5.0- irrelevant hint"], outcomes);
    }

    [Fact]
    public void No_sample_of_any_source_throws()
    {
        foreach (string file in Samples.Files(""))
        {
            foreach (INormalizer normalizer in SignatureLedgerFormats.All())
            {
                LedgerTest.Normalise(Read(file, normalizer.Format));
            }
        }
    }

    [Fact]
    public void Every_expected_signature_is_what_we_extract()
    {
        string[] lines = File.ReadAllLines(Path.Combine(Samples.Root(), "expected-signatures.tsv"));
        string[] columns = lines[0].Split('\t');
        Assert.True(lines.Length > 20);
        foreach (string line in lines.Skip(1))
        {
            Dictionary<string, string> row = columns.Zip(line.Split('\t')).ToDictionary(p => p.First, p => p.Second, StringComparer.Ordinal);
            Notification notification = Read(row["file"], "sigstore-bundle");
            Observation observation = Assert.IsType<NormalisedItem.Observed>(Assert.Single(LedgerTest.Normalise(notification))).Observation;
            using var resolver = new PlaceResolver(notification);
            Agree(row, observation, resolver);
        }
    }

    private static void Agree(Dictionary<string, string> row, Observation observation, PlaceResolver resolver)
    {
        Assert.Equal(row["subjects"].Length > 0 ? row["subjects"] : row["message_digest"].Replace("SHA2_", "=sha", StringComparison.Ordinal), string.Join(
            " | ", observation.Subjects.Select(s => $"{Name(s, resolver)}={s.Digest}")));
        Assert.Equal(row["predicateType"], observation.PredicateType ?? "");
        Assert.Equal(row["logIndex"], observation.Revision.Counter ?? "");
        Assert.Equal(row["logId_hex"].Length > 0 ? row["logId_hex"] : "unlogged", observation.Record.Instance);
        Assert.Equal(row["integratedTime"], observation.Reading(Field.LedgerWriteTime)?.Raw ?? "");
        if (row["integratedTime"].Length > 0)
        {
            DateTimeOffset integrated = DateTimeOffset.FromUnixTimeSeconds(long.Parse(row["integratedTime"], CultureInfo.InvariantCulture));
            Assert.Equal(integrated, observation.Revision.Time);
            Assert.Equal([Times.Text(integrated)], observation.Values(Field.LedgerWriteTime));
        }
        else
        {
            Assert.Equal(row["rfc3161"] is not ("" or "0"), observation.Revision.Time is not null);
        }

        // "publicKey hint …", "certificate", "chain(n)".
        Assert.Equal(row["key_material"].StartsWith("publicKey hint ", StringComparison.Ordinal) ? row["key_material"][15..] : null, Hint(observation));
        string san = Regex.Replace(row["signer_san"], "^(UniformResourceIdentifier|RFC822Name|OtherName):", "");
        Assert.Equal(san, observation.Reading(Field.SignerIdentity)?.Single ?? "");
        Assert.Equal(row["cert_notBefore"].Length == 0, observation.Reading(Field.CertificateFingerprint)?.Single is null);
        if (observation.Reading(Field.CertificateFingerprint) is { Single: not null } fingerprint)
        {
            AgreeOnCertificate(row, observation, resolver.Resolve(fingerprint.Place with { Pointer = "" }));
        }
    }

    private static void AgreeOnCertificate(Dictionary<string, string> row, Observation observation, Node certificate)
    {
        Assert.Equal(DateTimeOffset.Parse(row["cert_notBefore"], CultureInfo.InvariantCulture), DateTimeOffset.Parse(certificate["notBefore"].Text!, CultureInfo.InvariantCulture));
        Assert.Contains("oidc-issuer:" + row["issuer"], observation.Values(Field.CertificateLineage));
        Assert.Equal(row["source_repo"], certificate["extensions"][FulcioArc + "12"].Text ?? "");
        Assert.Equal(row["source_digest"], certificate["extensions"][FulcioArc + "13"].Text ?? "");
        int chain = row["key_material"].StartsWith("chain(", StringComparison.Ordinal) ? int.Parse(row["key_material"][6..^1], CultureInfo.InvariantCulture) : 1;
        Assert.Equal(chain - 1, observation.Values(Field.CertificateLineage).Count(v => v.StartsWith("chain-sha256:", StringComparison.Ordinal)));
    }

    private static string? Hint(Observation observation) =>
        observation.Reading(Field.SignerKeyId) is { } keyId && keyId.Place.Pointer == "/verificationMaterial/publicKey/hint" ? keyId.Raw : null;

    /// <summary>The subject's name as the statement has it; empty for a message.</summary>
    private static string Name(Subject subject, PlaceResolver resolver) =>
        subject.Place.Pointer.Contains("/digest/", StringComparison.Ordinal)
            ? Uri.UnescapeDataString(resolver.Resolve(subject.Place with { Pointer = subject.Place.Pointer[..subject.Place.Pointer.IndexOf("/digest/", StringComparison.Ordinal)] + "/name" }).Text ?? "")
            : "";

    private static Notification Read(string file, string format) =>
        Samples.Notification(file, Source.SignatureLedger, format);
}
