using System.Security.Cryptography;
using ReleaseIntegrity.Contracts;
using ReleaseIntegrity.Core;
using ReleaseIntegrity.Policies;

namespace ReleaseIntegrity.Tests.Policies;

/// <summary>The shipped policy is the scenario's precedence table, line by line.</summary>
public sealed class The_default_policy
{
    private const string Digest =
        "digest-identity-conflict: signature-ledger => hold digest-identity-conflict; "
        + "unsigned-registry: artifact-registry change-snapshot runtime-validation unsigned => hold digest-identity-conflict; "
        + "registry-over-snapshot: change-snapshot signed => authority; "
        + "runtime-differs: runtime-validation signed => authority; "
        + "registry-over-mirror: artifact-registry signed => authority";

    private const string Mirror = "registry-over-mirror: artifact-registry => authority";
    private const string Lineage = "ledger-lineage-over-snapshot: change-snapshot signed => authority write";
    private const string Envelope = "runtime-never-overrides: runtime-validation => authority; " + Lineage;

    private static readonly Policy Policy = PolicyFile.Default();

    [Theory]
    [InlineData("manifest-digest", "artifact-registry", "LCV", "never", "15m", "digest", "", Digest)]
    [InlineData("tag-to-digest", "artifact-registry", "LCV", "7d", "15m", "digest", "", Digest)]
    [InlineData("repository", "artifact-registry", "LCV", "never", "15m", "reference", "", "")]
    [InlineData("promotion-time", "artifact-registry", "LCV", "never", "15m", "none", "", Mirror)]
    [InlineData("active-tags", "artifact-registry", "LCV", "7d", "15m", "none", "", Mirror)]
    [InlineData("signature-envelope-id", "signature-ledger", "CV", "never", "1h", "digest", "C", Envelope)]
    [InlineData("signer-identity", "signature-ledger", "CV", "never", "1h", "identifier", "C", Lineage)]
    [InlineData("signer-key-id", "signature-ledger", "CV", "never", "1h", "none", "C", Lineage)]
    [InlineData("certificate-fingerprint", "signature-ledger", "CV", "never", "1h", "fingerprint", "C", Lineage)]
    [InlineData("certificate-lineage", "signature-ledger", "CV", "never", "1h", "identifier", "", "")]
    [InlineData("attestation-bundle", "signature-ledger", "CV", "never", "1h", "none", "", "")]
    [InlineData("ledger-write-time", "signature-ledger", "CV", "never", "1h", "none", "", "")]
    [InlineData("release-train", "change-snapshot", "R", "never", "15m", "none", "", "")]
    [InlineData("release-window", "change-snapshot", "", "never", "15m", "none", "", "")]
    [InlineData("exception-notes", "change-snapshot", "", "never", "15m", "text", "", "")]
    [InlineData("exception-bindings", "change-snapshot", "", "never", "15m", "none", "", "")]
    [InlineData("approved-tuple", "change-snapshot", "", "never", "15m", "reference", "", "")]
    [InlineData("approval-time", "change-snapshot", "", "never", "15m", "none", "", "")]
    [InlineData("reviewer-state", "change-snapshot", "", "7d", "15m", "none", "", "")]
    [InlineData("observed-digest", "runtime-validation", "", "7d", "15m", "digest", "", "")]
    [InlineData("observed-envelope-id", "runtime-validation", "", "never", "1h", "digest", "", "")]
    [InlineData("admission-check", "runtime-validation", "", "7d", "15m", "none", "", "")]
    [InlineData("cluster-id", "runtime-validation", "", "never", "15m", "identifier", "", "")]
    [InlineData("observation-time", "runtime-validation", "", "never", "15m", "none", "", "")]
    public void Decides_each_field_as_the_table_says(
        string name, string authority, string confirmers, string freshness, string allowance, string mask, string targets, string rules)
    {
        FieldPolicy field = Policy.For(WireNames.Parse<Field>(name));

        Assert.Equal(name, WireNames.Of(field.Field));
        Assert.Equal(authority, WireNames.Of(field.Authority));
        Assert.Equal(confirmers, Letters(field.Confirmers));
        Assert.Equal(Time(freshness), field.Freshness);
        Assert.Equal(Time(allowance), field.Allowance);
        Assert.Equal(mask, WireNames.Of(field.Mask));
        Assert.Equal(targets, Letters(field.WriteTargets));
        Assert.Equal(rules, string.Join("; ", field.Disagreements.Select(Describe)));
    }

    [Fact]
    public void Has_an_entry_for_each_field() => Assert.Equal(Enum.GetValues<Field>(), Policy.Fields.Select(f => f.Field));

    [Fact]
    public void Decides_the_rest_as_documented()
    {
        Assert.Equal("1", Policy.Version);
        Assert.Empty(Policy.Scope.Repositories);
        Assert.Empty(Policy.AuthoritativeInstances);
        Assert.Empty(Policy.Aliases);
        Assert.Equal(TimeSpan.FromMinutes(5), Policy.SkewAllowance);
        Assert.Equal(Enum.GetValues<Source>().Order(), Policy.ClockResolution.Keys.Order());
        Assert.All(Policy.ClockResolution, r => Assert.Equal(TimeSpan.FromMilliseconds(r.Key == Source.ArtifactRegistry ? 10 : 100), r.Value));
        Assert.Equal(ApprovalBinding.Tuple, Policy.ApprovalBinds);
        Assert.Equal(["**"], Policy.Entries.PredicateTypes.Select(p => p.Text));
        Assert.Empty(Policy.Entries.Signers);
        Assert.Equal(TimeSpan.FromHours(4), Policy.PackageDeadline);
        Assert.Equal(TimeSpan.FromHours(72), Policy.PackageLifetime);
    }

    [Fact]
    public void Selects_every_kind_of_ledger_entry()
    {
        Assert.All(
            ["https://slsa.dev/provenance/v1", "https://spdx.dev/Document", "cosign.sigstore.dev/attestation/v1", EntrySelection.MessageSignature],
            type => Assert.Contains(Policy.Entries.PredicateTypes, p => p.Matches(type)));
    }

    [Fact]
    public void Is_the_file_beside_the_assembly_and_its_digest_is_the_files()
    {
        string path = Path.Combine(AppContext.BaseDirectory, PolicyFile.DefaultName);

        Policy beside = Assert.IsType<PolicyResult.Loaded>(PolicyFile.Load(path)).Policy;

        Assert.Equal(Policy.Digest, beside.Digest);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path))), beside.Digest);
    }

    [Fact]
    public void Is_read_once() => Assert.Same(PolicyFile.Default(), PolicyFile.Default());

    private static TimeSpan? Time(string text) => text switch
    {
        "never" => null,
        "15m" => TimeSpan.FromMinutes(15),
        "1h" => TimeSpan.FromHours(1),
        "7d" => TimeSpan.FromDays(7),
        _ => throw new FormatException(text),
    };

    private static string Letters(IEnumerable<Source> sources) => string.Concat(sources.Order().Select(s => "RLCV"[(int)s]));

    private static string Describe(DisagreementRule rule)
    {
        string differs = string.Join(' ', rule.Differs.Select(WireNames.Of).Order(StringComparer.Ordinal));
        string signed = rule.Signed switch { true => " signed", false => " unsigned", null => string.Empty };
        string then = rule.Hold is { } reason ? $"hold {WireNames.Of(reason)}" : "authority";
        return $"{rule.Name}: {differs}{signed} => {then}{(rule.Write ? " write" : string.Empty)}";
    }
}
