using System.Globalization;
using System.Text.Json;
using ReleaseIntegrity.Collectors.ArtifactRegistry;
using ReleaseIntegrity.Collectors.ChangeSnapshot;
using ReleaseIntegrity.Collectors.ChangeSnapshot.Mapping;
using ReleaseIntegrity.Collectors.RuntimeValidation;
using ReleaseIntegrity.Collectors.SignatureLedger;
using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Benchmarks;

/// <summary>
/// How fast each format's published payloads are normalised on one core, beside <see cref="JsonDocument"/> over the same
/// bytes in the same run. Payloads that aren't JSON (YAML, PEM, forms) have a line of their own, where there is nothing to
/// compare with, and formats without published payloads are named. The two take turns in short rounds, what counts is the
/// processor's time, and of it the fastest round, so that a busy machine tells little less than an idle one.
/// </summary>
internal static class FormatsRun
{
    private const int WarmUpRounds = 3;
    private const int Rounds = 5;
    private const int BytesBetweenLooks = 64 * 1024;
    private static readonly TimeSpan Round = TimeSpan.FromMilliseconds(150);

    private static readonly IReadOnlyList<INormalizer> Formats =
    [
        .. ArtifactRegistryFormats.All(),
        .. SignatureLedgerFormats.All(),
        .. ChangeSnapshotFormats.All(FieldMappings.Default),
        .. RuntimeValidationFormats.All(new RuntimeValidationOptions()),
    ];

    internal static int Measure(string[] args)
    {
        if (args.Length is not 2 || !Directory.Exists(args[0]) || !Directory.Exists(args[1]))
        {
            Console.Error.WriteLine("usage: formats SAMPLES TABLES; the published payloads, and tests/Normalisation/Samples, which says who reads which");
            return 2;
        }

        List<double> speeds = [];
        List<double> shares = [];
        List<string> none = [];
        Console.WriteLine("source              format                          files      KiB   MB/s  parse MB/s   share  B allocated per B");
        foreach (INormalizer normaliser in Formats)
        {
            ILookup<bool, Notification> payloads = Payloads(args[0], args[1], normaliser).ToLookup(IsJson);
            if (payloads.Count == 0)
            {
                none.Add($"{WireNames.Of(normaliser.Source)}/{normaliser.Format}");
            }

            foreach (IGrouping<bool, Notification> kind in payloads.OrderByDescending(k => k.Key))
            {
                Show(normaliser, [.. kind], kind.Key, speeds, shares);
            }
        }

        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"median format of JSON: {Median(speeds):N0} MB/s on one core, {Median(shares):P0} of parsing alone"));
        Console.WriteLine($"without a published payload: {string.Join(", ", none)}");
        return 0;
    }

    private static void Show(INormalizer normaliser, Notification[] payloads, bool json, List<double> speeds, List<double> shares)
    {
        long bytes = payloads.Sum(p => (long)p.Body.Length);
        (double parse, double normalise, double allocated) = Measure(normaliser, payloads, bytes, json);
        string beside = "          -      -";
        if (json)
        {
            speeds.Add(normalise);
            shares.Add(normalise / parse);
            beside = string.Create(CultureInfo.InvariantCulture, $"{parse,11:N0} {normalise / parse,6:P0}");
        }

        string name = json ? normaliser.Format : $"{normaliser.Format}, no JSON";
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{WireNames.Of(normaliser.Source),-19} {name,-29} {payloads.Length,7} {bytes / 1024.0,8:N1} {normalise,6:N0} {beside} {allocated,18:N1}"));
    }

    private static (double Parse, double Normalise, double Allocated) Measure(INormalizer normaliser, Notification[] payloads, long bytes, bool json)
    {
        double parse = 0;
        double normalise = 0;
        // The first rounds are of code that is not compiled to its last form yet.
        for (int i = -WarmUpRounds; i < Rounds; i++)
        {
            if (i == 0)
            {
                (parse, normalise) = (0, 0);
            }

            parse = json ? Math.Max(parse, Speed(payloads, bytes, Parse)) : 0;
            normalise = Math.Max(normalise, Speed(payloads, bytes, p => normaliser.Normalise(p)));
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        Array.ForEach(payloads, p => normaliser.Normalise(p));
        return (parse, normalise, (GC.GetAllocatedBytesForCurrentThread() - before) / (double)bytes);
    }

    private static double Speed(Notification[] payloads, long bytes, Action<Notification> read)
    {
        long passes = 0;
        TimeSpan started = Environment.CpuUsage.TotalTime;
        TimeSpan used;
        do
        {
            // Asking for the time costs as much as a small payload.
            for (long done = 0; done < BytesBetweenLooks; done += bytes)
            {
                Array.ForEach(payloads, read);
                passes++;
            }

            used = Environment.CpuUsage.TotalTime - started;
        }
        while (used < Round);
        return passes * bytes / used.TotalSeconds / 1e6;
    }

    private static void Parse(Notification payload)
    {
        using var document = JsonDocument.Parse(payload.Body);
    }

    private static IEnumerable<Notification> Payloads(string samples, string tables, INormalizer normaliser)
    {
        foreach (string line in File.ReadLines(Path.Combine(tables, $"{WireNames.Of(normaliser.Source)}.tsv")).Skip(1))
        {
            string[] cells = line.Split('\t');
            if (cells.Length < 2 || cells[1] != normaliser.Format)
            {
                continue;
            }

            yield return new Notification
            {
                Source = normaliser.Source, Format = normaliser.Format, ReceivedAt = DateTimeOffset.UnixEpoch,
                Headers = new Dictionary<string, string>(), Body = File.ReadAllBytes(Path.Combine(samples, cells[0])), Instance = "localhost",
            };
        }
    }

    private static bool IsJson(Notification payload)
    {
        try
        {
            Parse(payload);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
