using ReleaseIntegrity.Collectors.ArtifactRegistry;
using ReleaseIntegrity.Collectors.ChangeSnapshot;
using ReleaseIntegrity.Collectors.ChangeSnapshot.Mapping;
using ReleaseIntegrity.Collectors.RuntimeValidation;
using ReleaseIntegrity.Collectors.SignatureLedger;

namespace ReleaseIntegrity.Tests.Normalisation;

/// <summary>
/// What every published payload must end as: one row per sample in <c>Samples/SOURCE.tsv</c>, decided by reading the
/// payload. A row says the file, the source's format that reads it, the number of items of each kind, the observed records
/// (kind, instance, references, digests; several divided by <c>;</c>), and what the reasons of all other items say.
/// </summary>
public sealed class SampleOutcomeTests
{
    /// <summary>The folder of the samples that a source's table answers for.</summary>
    private static readonly Dictionary<Source, string> Folders = new()
    {
        [Source.ArtifactRegistry] = "artifact-registry",
        [Source.SignatureLedger] = "provenance-ledger",
        [Source.ChangeSnapshot] = "change-management",
        [Source.RuntimeValidation] = "runtime-validation",
    };

    private static readonly IReadOnlyList<INormalizer> Formats =
    [
        .. ArtifactRegistryFormats.All(),
        .. SignatureLedgerFormats.All(),
        .. ChangeSnapshotFormats.All(FieldMappings.Default),
        .. RuntimeValidationFormats.All(new RuntimeValidationOptions()),
    ];

    public static TheoryData<Source> Sources => [.. Folders.Keys.Where(s => File.Exists(TableOf(s)))];

    [Theory]
    [MemberData(nameof(Sources))]
    public void Every_sample_ends_as_its_row_says(Source source)
    {
        Samples.Root();
        var wrong = new List<string>();
        foreach (Row row in Rows(source))
        {
            IReadOnlyList<NormalisedItem> items = Check.Items(row.Normalizer, Samples.Notification(row.File, source, row.Normalizer.Format));
            wrong.AddRange(Difference(row, items).Select(d => $"{row.File}: {d}"));
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    [Theory]
    [MemberData(nameof(Sources))]
    public void Every_sample_has_a_row_and_every_row_has_a_sample(Source source)
    {
        string[] samples = [.. Samples.Files(Folders[source])];
        string[] rows = [.. Folders.Keys.SelectMany(Rows).Select(r => r.File).Where(f => f.StartsWith(Folders[source] + "/", StringComparison.Ordinal))];

        Assert.Equal(samples, rows.Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Sources))]
    public void Every_observed_digest_is_one_by_an_independent_reading(Source source)
    {
        ILookup<string, (string Digest, bool Valid)> table = Samples.Table("expected-digests.tsv").ToLookup(r => r[0], r => (r[1], r[2] == "valid"));
        foreach (Row row in Rows(source))
        {
            Notification sample = Samples.Notification(row.File, source, row.Normalizer.Format);
            string text = System.Text.Encoding.UTF8.GetString(sample.Body.Span);
            string[] digests = [.. row.Normalizer.Normalise(sample).OfType<NormalisedItem.Observed>()
                .SelectMany(i => i.Observation.Subjects.Select(s => s.Digest).OfType<Digest>().Concat(i.Observation.Children))
                .Select(d => d.Text)];

            Assert.Empty(digests.Intersect(table[row.File].Where(r => !r.Valid).Select(r => r.Digest)));
            // What the payload spells as a digest; others are made from bytes, or spelled otherwise (bare hex, base64).
            Assert.Subset(table[row.File].Select(r => r.Digest).ToHashSet(), digests.Where(d => table[row.File].Any() && text.Contains(d, StringComparison.Ordinal)).ToHashSet());
        }
    }

    [Theory]
    [MemberData(nameof(Sources))]
    public void No_mutation_of_a_sample_breaks_its_normaliser(Source source)
    {
        Samples.Root();
        foreach (Row row in Rows(source))
        {
            Notification sample = Samples.Notification(row.File, source, row.Normalizer.Format, "localhost");
            Check.Totality(row.Normalizer, sample, rounds: Math.Clamp(200_000 / (sample.Body.Length + 1), 5, 60));
        }
    }

    private static IEnumerable<string> Difference(Row row, IReadOnlyList<NormalisedItem> items)
    {
        string outcomes = string.Join(' ', items.GroupBy(Kind).OrderBy(g => Array.IndexOf(Kinds, g.Key)).Select(g => $"{g.Key}={g.Count()}"));
        if (outcomes != row.Outcomes)
        {
            yield return $"{outcomes} instead of {row.Outcomes} ({string.Join(" ; ", items.Select(Reason))})";
        }

        string records = string.Join(" ; ", items.OfType<NormalisedItem.Observed>().Select(i => Facts(i.Observation)));
        if (records != row.Records)
        {
            yield return $"records\n  {records}\ninstead of\n  {row.Records}";
        }

        string[] reasons = [.. items.Select(Reason).OfType<string>()];
        foreach (string reason in reasons.Where(r => !row.Reasons.Any(r.Contains)))
        {
            yield return $"unexpected reason '{reason}'";
        }

        foreach (string missing in row.Reasons.Where(r => !reasons.Any(s => s.Contains(r, StringComparison.Ordinal))))
        {
            yield return $"no item's reason says '{missing}'";
        }
    }

    private static readonly string[] Kinds = ["observed", "hint", "irrelevant", "rejected"];

    private static string Kind(NormalisedItem item) => item.GetType().Name.ToLowerInvariant();

    private static string? Reason(NormalisedItem item) => item switch
    {
        NormalisedItem.Hint hint => hint.Reason,
        NormalisedItem.Irrelevant(var reason) => reason,
        NormalisedItem.Rejected(var reason, _) => reason,
        _ => null,
    };

    private static string Facts(Observation observation) => string.Join(' ',
        WireNames.Of(observation.Record.Kind),
        observation.Record.Instance,
        Listed(observation.Subjects.Select(s => s.Image?.ToString())),
        Listed(observation.Subjects.Select(s => s.Digest?.Text)))
        + (observation.Withdrawn ? " withdrawn" : "");

    private static string Listed(IEnumerable<string?> values)
    {
        string[] distinct = [.. values.OfType<string>().Distinct().Order(StringComparer.Ordinal)];
        return distinct.Length switch
        {
            0 => "-",
            <= 4 => string.Join(',', distinct),
            _ => $"{string.Join(',', distinct[..2])}+{distinct.Length - 2}",
        };
    }

    private static string TableOf(Source source) => Path.Combine(AppContext.BaseDirectory, "Samples", WireNames.Of(source) + ".tsv");

    internal static IReadOnlyList<Row> Rows(Source source) => File.Exists(TableOf(source))
        ? [.. File.ReadLines(TableOf(source)).Skip(1).Where(l => l.Length > 0).Select(l => Row.Parse(source, l))]
        : [];

    internal sealed record Row(string File, INormalizer Normalizer, string Outcomes, string Records, string[] Reasons)
    {
        public static Row Parse(Source source, string line)
        {
            string[] cells = [.. line.Split('\t'), "", "", ""];
            INormalizer normalizer = Formats.SingleOrDefault(f => f.Source == source && f.Format == cells[1])
                ?? throw new Xunit.Sdk.XunitException($"{WireNames.Of(source)} has no format of the name in: {line}");
            return new Row(cells[0], normalizer, cells[2], cells[3], cells[4].Split(" ; ", StringSplitOptions.RemoveEmptyEntries));
        }
    }
}
