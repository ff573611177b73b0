using System.Security.Cryptography;
using System.Text;
using ReleaseIntegrity.Contracts;
using ReleaseIntegrity.Core;
using ReleaseIntegrity.Policies;

namespace ReleaseIntegrity.Tests.Policies;

public sealed class When_a_policy_is_loaded
{
    [Fact]
    public void Instances_scope_and_entries_are_as_written()
    {
        string yaml = Documents.Default
            .Replace("repositories: []", "repositories: [registry.example.com/payments/**, \"*/shop/*\", \"localhost:5000/a\"]", StringComparison.Ordinal)
            .Replace("authoritativeInstances: {}", "authoritativeInstances: { artifact-registry: [registry.example.com], runtime-validation: [prod-eu-1, Prod_US] }", StringComparison.Ordinal)
            .Replace("signers: []", "signers: [\"kms-prod-*\"]", StringComparison.Ordinal)
            .Replace("approvalBinds: tuple", "approvalBinds: change", StringComparison.Ordinal);

        Policy policy = Documents.Load(yaml);

        Assert.Equal(["registry.example.com/payments/**", "*/shop/*", "localhost:5000/a"], policy.Scope.Repositories.Select(p => p.Text));
        Assert.Equal(["registry.example.com"], policy.AuthoritativeInstances[Source.ArtifactRegistry]);
        Assert.Equal(["Prod_US", "prod-eu-1"], policy.AuthoritativeInstances[Source.RuntimeValidation].Order(StringComparer.Ordinal));
        Assert.False(policy.AuthoritativeInstances.ContainsKey(Source.ChangeSnapshot));
        Assert.Equal(["kms-prod-*"], policy.Entries.Signers.Select(p => p.Text));
        Assert.Equal(ApprovalBinding.Change, policy.ApprovalBinds);
    }

    [Fact]
    public void Optional_keys_may_be_left_out()
    {
        string yaml = Documents.Default
            .Replace("authoritativeInstances: {}\n", string.Empty, StringComparison.Ordinal)
            .Replace("aliases: []\n", string.Empty, StringComparison.Ordinal);

        Policy policy = Documents.Load(yaml);

        Assert.Empty(policy.Aliases);
        Assert.Empty(policy.AuthoritativeInstances);
    }

    [Fact]
    public void The_longest_alias_applies_and_once_is_enough()
    {
        Policy policy = Documents.Load(Documents.Edit("aliases:", "[]", """
            
              - { from: m.example.com, to: docker.io }
              - { from: m.example.com/deep, to: ghcr.io/deep }
              - { from: docker.io/deep, to: ghcr.io/deep }
            """));

        Assert.Equal(["m.example.com/deep", "docker.io/deep", "m.example.com"], policy.Aliases.Select(a => a.From));
        foreach ((string from, string to) in new[] { ("m.example.com/a", "docker.io/a"), ("m.example.com/deep/a", "ghcr.io/deep/a"), ("docker.io/deep/a", "ghcr.io/deep/a") })
        {
            Assert.True(ImageReference.TryParse($"{from}/b:1", out ImageReference? image, out _));
            ImageReference once = policy.Canonical(image!);
            Assert.Equal($"{to}/b:1", once.ToString());
            Assert.Equal(once, policy.Canonical(once));
        }
    }

    [Fact]
    public void Anchors_and_aliases_spare_repetition()
    {
        string yaml = Documents.Default
            .Replace("skewAllowance: 5m", "skewAllowance: &short 5m", StringComparison.Ordinal)
            .Replace("  artifact-registry: 10ms", "  artifact-registry: *short", StringComparison.Ordinal);

        Assert.Equal(TimeSpan.FromMinutes(5), Documents.Load(yaml).ClockResolution[Source.ArtifactRegistry]);
    }

    [Fact]
    public void The_order_of_fields_in_the_document_is_free()
    {
        int at = Documents.Default.IndexOf("  # The digest that the artifact", StringComparison.Ordinal);
        int end = Documents.Default.IndexOf("  # What the tag names now", StringComparison.Ordinal);
        string yaml = Documents.Default[..at] + Documents.Default[end..] + Documents.Default[at..end];

        Assert.Equal(Field.ManifestDigest, Documents.Load(yaml).For(Field.ManifestDigest).Field);
    }

    [Fact]
    public void Windows_line_ends_and_a_byte_order_mark_change_the_digest_and_nothing_else()
    {
        string yaml = "\uFEFF" + Documents.Default.Replace("\n", "\r\n", StringComparison.Ordinal);

        Policy policy = Documents.Load(yaml);

        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(yaml))), policy.Digest);
        Assert.NotEqual(PolicyFile.Default().Digest, policy.Digest);
        Assert.Equal(PolicyFile.Default().Fields.Select(f => f.Authority), policy.Fields.Select(f => f.Authority));
    }

    [Fact]
    public void A_line_of_rules_less_never_decides_more()
    {
        string[] lines = Documents.Default.Split('\n');
        int tried = 0;
        foreach (int i in Enumerable.Range(0, lines.Length).Where(i => lines[i].StartsWith("      - { rule:", StringComparison.Ordinal)))
        {
            string yaml = string.Join('\n', lines.Where((_, line) => line != i));
            if (Documents.Parse(yaml) is PolicyResult.Loaded { Policy: var policy })
            {
                Assert.Equal(PolicyFile.Default().Fields.Sum(f => f.Disagreements.Count) - 1, policy.Fields.Sum(f => f.Disagreements.Count));
                tried++;
            }
        }

        Assert.InRange(tried, 10, 100);
    }

    [Theory]
    [InlineData("0s", 0)]
    [InlineData("100ms", 100)]
    [InlineData("30s", 30_000)]
    [InlineData("15m", 900_000)]
    [InlineData("4h", 14_400_000)]
    [InlineData("7d", 604_800_000)]
    [InlineData("3650d", 315_360_000_000)]
    public void Durations_are_a_number_and_a_unit(string text, long milliseconds)
    {
        Assert.True(Duration.TryParse(text, out TimeSpan duration));
        Assert.Equal(milliseconds, duration.TotalMilliseconds);
    }

    [Theory]
    [InlineData("")]
    [InlineData("m")]
    [InlineData("15")]
    [InlineData("15 m")]
    [InlineData("15M")]
    [InlineData("1.5h")]
    [InlineData("+1h")]
    [InlineData("007s")]
    [InlineData("1h30m")]
    [InlineData("3651d")]
    [InlineData("999999999999d")]
    [InlineData("9999999999999ms")]
    [InlineData("\u0661s")]
    public void Anything_else_is_no_duration(string text) => Assert.False(Duration.TryParse(text, out _));
}
