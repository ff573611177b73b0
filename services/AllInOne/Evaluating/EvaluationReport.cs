using System.Globalization;
using System.Text.Json.Nodes;
using ReleaseIntegrity.AllInOne.Offline.Output;
using ReleaseIntegrity.Contracts;
using ReleaseIntegrity.Worlds;

namespace ReleaseIntegrity.AllInOne.Evaluating;

/// <summary>The figures over all worlds, and their document <c>evaluation/v1</c>. The document's names are a contract.</summary>
internal sealed class EvaluationReport
{
    private const int MostDifferences = 200;

    private static readonly (TimeSpan Most, string Label)[] Bins =
    [
        (TimeSpan.FromMinutes(5), "5 min"), (TimeSpan.FromMinutes(15), "15 min"), (TimeSpan.FromMinutes(30), "30 min"),
        (TimeSpan.FromHours(1), "1 h"), (TimeSpan.FromHours(2), "2 h"), (TimeSpan.FromHours(4), "4 h"), (TimeSpan.FromHours(8), "8 h"),
        (TimeSpan.FromHours(16), "16 h"), (TimeSpan.MaxValue, "more"),
    ];

    /// <summary>Adds up.</summary>
    public EvaluationReport(IReadOnlyList<WorldResult> worlds)
    {
        Worlds = worlds;
        foreach (WorldResult world in worlds)
        {
            Ledgers += world.Ledgers;
            Add(Always, world.Always);
            Add(AtEnd, world.AtEnd);
        }

        Times = [.. worlds.SelectMany(w => w.Times)];
        Overwrites = [.. worlds.SelectMany(w => w.Overwrites)];
    }

    /// <summary>World by world.</summary>
    public IReadOnlyList<WorldResult> Worlds { get; }

    /// <summary>Agreement per field, at every instant.</summary>
    public Dictionary<(Field Field, Agreement Agreement), int> Always { get; } = [];

    /// <summary>Agreement per field, at the end.</summary>
    public Dictionary<(Field Field, Agreement Agreement), int> AtEnd { get; } = [];

    /// <summary>The ledgers at the end.</summary>
    public LedgerFigures Ledgers { get; }

    /// <summary>Times to the ledger and to the package.</summary>
    public IReadOnlyList<TimeToLedger> Times { get; }

    /// <summary>Fields overwritten silently; none is right.</summary>
    public IReadOnlyList<Overwrite> Overwrites { get; }

    /// <summary>Worlds in which another order gave another result.</summary>
    public int Unreliable => Worlds.Count(w => w.DistinctHashes != 1);

    /// <summary>How often an agreement was found, over all fields.</summary>
    public static long Count(Dictionary<(Field Field, Agreement Agreement), int> counts, Agreement agreement) =>
        counts.Where(c => c.Key.Agreement == agreement).Sum(c => (long)c.Value);

    /// <summary>The share of agreement, from 0 to 1; 1 where nothing was compared.</summary>
    public static double Share(Dictionary<(Field Field, Agreement Agreement), int> counts, Field? field = null)
    {
        long all = counts.Where(c => field is null || c.Key.Field == field).Sum(c => (long)c.Value);
        long agreed = counts.Where(c => (field is null || c.Key.Field == field) && c.Key.Agreement == Agreement.Agrees).Sum(c => (long)c.Value);
        return all == 0 ? 1 : (double)agreed / all;
    }

    /// <summary>The value below which a share of them lies; zero of none.</summary>
    public static TimeSpan Quantile(IEnumerable<TimeSpan> spans, double share)
    {
        TimeSpan[] sorted = [.. spans.Order()];
        return sorted.Length == 0 ? TimeSpan.Zero : sorted[Math.Min(sorted.Length - 1, (int)(share * sorted.Length))];
    }

    /// <summary>The document, for the seeds and options that were run.</summary>
    public JsonObject Document(EvaluationRequest request, string policyVersion, string policyDigest) => new()
    {
        ["schema"] = "evaluation/v1",
        ["worlds"] = Worlds.Count,
        ["seed"] = request.Seed,
        ["policy"] = new JsonObject { ["version"] = policyVersion, ["sha256"] = policyDigest },
        ["drifts"] = new JsonArray([.. request.Options.Drifts.Order().Select(d => (JsonNode)WireNames.Of(d))]),
        ["artifacts"] = Worlds.Sum(w => w.Artifacts.Count),
        ["notifications"] = Worlds.Sum(w => w.Deliveries),
        ["timeToLedger"] = TimeDocument(),
        ["agreement"] = new JsonObject { ["atTheEnd"] = AgreementDocument(AtEnd), ["always"] = AgreementDocument(Always) },
        ["conflicts"] = new JsonObject
        {
            ["conflicts"] = Ledgers.Conflicts,
            ["held"] = Ledgers.Held,
            ["resolvedByRule"] = Ledgers.ResolvedByRule,
            ["converging"] = Ledgers.Converging,
            ["silentlyOverwritten"] = Overwrites.Count,
            ["overwrites"] = new JsonArray([.. Overwrites.Take(MostDifferences).Select(o => (JsonNode)OverwriteDocument(o))]),
            ["onHold"] = Ledgers.OnHold,
            ["packages"] = Ledgers.Packages,
        },
        ["reordering"] = new JsonObject
        {
            ["runs"] = Worlds.Sum(w => w.Orders),
            ["distinctHashesPerWorld"] = Worlds.Count == 0 ? 1 : Worlds.Max(w => w.DistinctHashes),
            ["worldsWithSeveral"] = new JsonArray([.. Worlds.Where(w => w.DistinctHashes != 1).Select(w => (JsonNode)w.Seed)]),
        },
        ["artifactsByDrift"] = ByDrift(),
        ["differences"] = new JsonArray([.. Worlds.SelectMany(w => w.Differences).Take(MostDifferences).Select(d => (JsonNode)DifferenceDocument(d))]),
    };

    private JsonObject TimeDocument() => new()
    {
        ["conflicts"] = Times.Count,
        ["visibleSeconds"] = Quantiles(Times.Select(t => t.Visible)),
        ["handedOff"] = Times.Count(t => t.HandedOff is not null),
        ["handedOffSeconds"] = Quantiles(Times.Select(t => t.HandedOff).OfType<TimeSpan>()),
        ["handedOffHistogram"] = Histogram(),
        ["workSeconds"] = Quantiles(Times.Select(t => t.Work)),
    };

    private JsonArray Histogram()
    {
        TimeSpan[] handedOff = [.. Times.Select(t => t.HandedOff).OfType<TimeSpan>()];
        var bins = new JsonArray();
        for (int i = 0; i < Bins.Length; i++)
        {
            int artifacts = handedOff.Count(t => t <= Bins[i].Most && (i == 0 || t > Bins[i - 1].Most));
            bins.Add((JsonNode)new JsonObject { ["until"] = Bins[i].Label, ["artifacts"] = artifacts });
        }

        return bins;
    }

    private JsonArray ByDrift()
    {
        ArtifactEnd[] ends = [.. Worlds.SelectMany(w => w.Artifacts)];
        IEnumerable<(string Name, ArtifactEnd[] Ends)> groups = Enum.GetValues<Drift>()
            .Select(d => (WireNames.Of(d), ends.Where(e => e.Drifts.Contains(d)).ToArray()))
            .Append(("none", [.. ends.Where(e => e.Drifts.Count == 0)]));
        return new JsonArray([.. groups.Where(g => g.Ends.Length > 0).Select(g => (JsonNode)new JsonObject
        {
            ["drift"] = g.Name,
            ["artifacts"] = g.Ends.Length,
            ["onHold"] = g.Ends.Count(e => e.OnHold),
            ["packages"] = g.Ends.Count(e => e.HasPackage),
        })]);
    }

    private static JsonObject Quantiles(IEnumerable<TimeSpan> spans)
    {
        TimeSpan[] all = [.. spans];
        return new JsonObject
        {
            ["median"] = Quantile(all, 0.5).TotalSeconds,
            ["p95"] = Quantile(all, 0.95).TotalSeconds,
            ["most"] = Quantile(all, 1).TotalSeconds,
        };
    }

    private static JsonObject AgreementDocument(Dictionary<(Field Field, Agreement Agreement), int> counts)
    {
        var document = new JsonObject { ["share"] = Share(counts) };
        foreach (Agreement agreement in Enum.GetValues<Agreement>())
        {
            document[WireNames.Of(agreement)] = Count(counts, agreement);
        }

        var fields = new JsonObject();
        foreach (Field field in Enum.GetValues<Field>())
        {
            var one = new JsonObject { ["share"] = Share(counts, field) };
            foreach (Agreement agreement in Enum.GetValues<Agreement>())
            {
                one[WireNames.Of(agreement)] = counts.GetValueOrDefault((field, agreement));
            }

            fields[WireNames.Of(field)] = one;
        }

        document["fields"] = fields;
        return document;
    }

    private static JsonObject DifferenceDocument(Difference difference) => new()
    {
        ["seed"] = difference.Seed,
        ["tuple"] = difference.Tuple,
        ["field"] = WireNames.Of(difference.Field),
        ["at"] = difference.At.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture),
        ["agreement"] = WireNames.Of(difference.Agreement),
        ["ledger"] = difference.Ledger,
        ["steward"] = difference.Steward,
        ["drifts"] = new JsonArray([.. difference.Drifts.Select(d => (JsonNode)WireNames.Of(d))]),
    };

    private static JsonObject OverwriteDocument(Overwrite overwrite) => new()
    {
        ["seed"] = overwrite.Seed,
        ["tuple"] = overwrite.Tuple,
        ["field"] = WireNames.Of(overwrite.Field),
        ["drifts"] = new JsonArray([.. overwrite.Drifts.Select(d => (JsonNode)WireNames.Of(d))]),
    };

    private static void Add(
        Dictionary<(Field Field, Agreement Agreement), int> sums, IReadOnlyDictionary<(Field Field, Agreement Agreement), int> counts)
    {
        foreach (((Field Field, Agreement Agreement) key, int count) in counts)
        {
            sums[key] = sums.GetValueOrDefault(key) + count;
        }
    }
}
