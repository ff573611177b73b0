using ReleaseIntegrity.Collectors.ArtifactRegistry;

namespace ReleaseIntegrity.Tests.Normalisation.Registry;

public sealed class RegistrySampleTests
{
    /// <summary>Every published payload of the registry's formats, and what must come of each of its items.</summary>
    private static readonly Dictionary<string, string> Expected = new()
    {
        ["artifact-registry/cloudevents/iu-cloudevents-ecr-min-no-digest.json"] = "Hint",
        ["artifact-registry/cloudevents/iu-cloudevents-generic-push.json"] = "Rejected",
        ["artifact-registry/distribution/doc-push-three-events.json"] = "Observed Rejected Rejected",
        ["artifact-registry/distribution/keel-captured-push-tag.json"] = "Observed",
        ["artifact-registry/distribution/test-envelope-golden.json"] = "Rejected Irrelevant Irrelevant",
        // The answers do not say of which registry, and one not of which repository: a resync sends content-location.
        ["artifact-registry/harbor/api-artifacts-accessory-edge.json"] = "Rejected",
        ["artifact-registry/harbor/api-artifacts-list-with-cosign-accessory.json"] = "Rejected",
        ["artifact-registry/harbor/cloudevents-pull-artifact-missing-comma.MALFORMED.json"] = "Rejected",
        ["artifact-registry/harbor/cloudevents-push-artifact-with-comments.MALFORMED.json"] = "Rejected",
        ["artifact-registry/harbor/cloudevents-quota-warning.json"] = "Irrelevant",
        ["artifact-registry/harbor/cloudevents-scanning-completed.json"] = "Irrelevant",
        ["artifact-registry/harbor/default-delete-artifact.json"] = "Observed",
        ["artifact-registry/harbor/default-push-artifact-by-digest.json"] = "Observed",
        ["artifact-registry/harbor/default-quota-exceed.json"] = "Irrelevant",
        ["artifact-registry/harbor/default-quota-warning.json"] = "Irrelevant",
        ["artifact-registry/harbor/default-replication.json"] = "Hint",
        ["artifact-registry/harbor/default-tag-retention.json"] = "Hint",
        ["artifact-registry/harbor/iu-push-artifact-empty-resources.json"] = "Rejected",
        ["artifact-registry/harbor/iu-push-artifact-missing-tag.json"] = "Rejected",
        ["artifact-registry/harbor/keel-push-artifact-tag-mismatch.json"] = "Observed",
    };

    private static IEnumerable<(string File, IReadOnlyList<NormalisedItem> Items)> All(string? instance = null) =>
        from normalizer in ArtifactRegistryFormats.All()
        from file in Samples.Files($"artifact-registry/{normalizer.Format}")
        select (file, Check.Items(normalizer, Samples.Notification(file, Source.ArtifactRegistry, normalizer.Format, instance)));

    [Fact]
    public void Every_sample_ends_as_expected() =>
        Assert.Equal(
            Expected.OrderBy(e => e.Key, StringComparer.Ordinal).Select(e => $"{e.Key}: {e.Value}"),
            All().OrderBy(s => s.File, StringComparer.Ordinal).Select(s => $"{s.File}: {string.Join(' ', s.Items.Select(i => i.GetType().Name))}"));

    [Fact]
    public void Every_digest_of_the_table_is_observed_if_valid_and_rejected_if_not()
    {
        ILookup<string, (string Digest, string Verdict)> table = Samples.Table("expected-digests.tsv").ToLookup(r => r[0], r => (r[1], r[2]));
        int seen = 0;
        foreach ((string file, IReadOnlyList<NormalisedItem> items) in All("localhost").Where(s => !s.File.Contains("MALFORMED", StringComparison.Ordinal)))
        {
            foreach (Observation observation in items.OfType<NormalisedItem.Observed>().Select(i => i.Observation))
            {
                seen++;
                Assert.Contains((observation.Subjects[0].Digest!.Value.Text, "valid"), table[file]);
            }

            int invalid = table[file].Count(r => r.Verdict != "valid");
            Assert.True(items.OfType<NormalisedItem.Rejected>().Count(r => r.Pointer.EndsWith("digest", StringComparison.Ordinal)) >= invalid, file);
        }

        Assert.Equal(6, seen);
    }

    [Fact]
    public void No_mutation_of_a_sample_breaks_its_normaliser()
    {
        foreach (INormalizer normalizer in ArtifactRegistryFormats.All())
        {
            foreach (string file in Samples.Files($"artifact-registry/{normalizer.Format}"))
            {
                Check.Totality(normalizer, Samples.Notification(file, Source.ArtifactRegistry, normalizer.Format, "localhost"), rounds: 100);
            }
        }
    }
}
