using System.Globalization;
using System.Text.RegularExpressions;
using ReleaseIntegrity.Collectors.SignatureLedger;

namespace ReleaseIntegrity.Tests.Normalisation.Ledger;

/// <summary>Real bundles and log entries, and what independent tools read in them (<see cref="Samples"/>).</summary>
public sealed class LedgerSampleTests
{
    private const string FulcioArc = "1.3.6.1.4.1.57264.1.";

    /// <summary>Every file of both folders, and what it must become.</summary>
    private static readonly Dictionary<string, string> Outcomes = new(StringComparer.Ordinal)
    {
        ["sigstore-bundle/conf-bundle-empty-certificate-chain_fail.sigstore.json"] = "observed",
        ["sigstore-bundle/conf-bundle-from-wrong-instance_fail.sigstore.json"] = "observed",
        ["sigstore-bundle/conf-bundle-negative-log-index_fail.sigstore.json"] = "observed",
        ["sigstore-bundle/conf-dsse-mismatch-envelope_fail.sigstore.json"] = "observed",
        ["sigstore-bundle/conf-happy-path-v0.1.sigstore.json"] = "observed",
        ["sigstore-bundle/conf-happy-path-v0.3-new-mediaType.sigstore.json"] = "observed",
        ["sigstore-bundle/conf-inclusion-proof-corrupted-hash_fail.sigstore.json"] = "observed",
        ["sigstore-bundle/conf-managed-key-happy-path.sigstore.json"] = "observed",
        ["sigstore-bundle/conf-rekor2-no-timestamp_fail.sigstore.json"] = "observed",
        ["sigstore-bundle/go-dsse-2sigs.sigstore.json"] = "observed",
        ["sigstore-bundle/go-npm-publish-key.sigstore.json"] = "observed",
        ["sigstore-bundle/go-sigstorejs-2.0.0-provenance.sigstore.json"] = "observed",
        ["sigstore-bundle/java-bundle-rekor-v2-entry.sigstore"] = "observed",
        ["sigstore-bundle/java-p521-sha512.sigstore.json"] = "observed",
        ["sigstore-bundle/java-v0.3-new-mediatype.sigstore"] = "observed",
        ["sigstore-bundle/java-v0.3.sigstore"] = "observed",
        ["sigstore-bundle/js-bundleV03-intoto.sigstore"] = "observed",
        ["sigstore-bundle/py-Python-3.12.5.tgz.sigstore"] = "observed",
        ["sigstore-bundle/py-many-timestamps.sigstore"] = "observed",
        ["sigstore-bundle/py-no-cert.sigstore"] = "observed",
        ["sigstore-bundle/py-no-log-entry.sigstore"] = "observed",
        ["sigstore-bundle/py-no-signed-time.sigstore.json"] = "observed",
        ["rekor-v1/canonical-rekord-entry.json"] = "hint",
        ["rekor-v1/checkpoint-error-not-a-number.txt"] = "rejected",
        ["rekor-v1/entry-hashedrekord-no-inclusion-proof.json"] = "observed",
        ["rekor-v1/entry-hashedrekord-uuid64-shard-index.json"] = "observed",
    };

    [Fact]
    public void Every_bundle_and_every_rekor_entry_has_its_outcome()
    {
        var seen = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string format in new[] { "sigstore-bundle", "rekor-v1" })
        {
            foreach (string file in Samples.Files($"provenance-ledger/{format}"))
            {
                NormalisedItem item = Assert.Single(LedgerTest.Normalise(Read(file, format)));
                seen.Add($"{format}/{Path.GetFileName(file)}", item.GetType().Name.ToLowerInvariant());
            }
        }

        Assert.Equal(Outcomes.OrderBy(o => o.Key, StringComparer.Ordinal), seen.OrderBy(o => o.Key, StringComparer.Ordinal));
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
