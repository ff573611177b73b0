using System.Diagnostics;
using System.Globalization;

namespace ReleaseIntegrity.Tests.Normalisation;

/// <summary>
/// The long run: mutations of the published payloads, and mutations of those mutations that made a normaliser behave as no
/// input before, for as many seconds as <c>FUZZ_SECONDS</c> says. Every input holds what <see cref="Check.Items"/> and
/// <see cref="Check.Bounded"/> ask, and none may take <see cref="LongestInput"/>. What fails is written to the folder of the test's
/// output, to become a test of its own. The fixed slices of every build are the totality tests of each format.
/// </summary>
public sealed class FuzzingTests
{
    /// <summary>Generous, for busy machines: an input that takes it hangs, or grows faster than its length.</summary>
    private static readonly TimeSpan LongestInput = TimeSpan.FromSeconds(10);

    /// <summary>An input that takes it, each time that it is tried, is worth a look.</summary>
    private static readonly TimeSpan WorthKeeping = TimeSpan.FromMilliseconds(50);

    private const int LongestBody = 256 * 1024;
    private const int LargestCorpus = 20_000;

    public static TheoryData<Source> Sources => SampleOutcomeTests.Sources;

    [Theory]
    [MemberData(nameof(Sources))]
    public void No_input_throws_or_breaks_its_bounds(Source source)
    {
        Assert.SkipUnless(
            double.TryParse(Environment.GetEnvironmentVariable("FUZZ_SECONDS"), CultureInfo.InvariantCulture, out double seconds),
            "a long run: FUZZ_SECONDS=600 dotnet test tests/Normalisation -c Release --filter FullyQualifiedName~Fuzzing");
        int seed = Environment.GetEnvironmentVariable("FUZZ_SEED") is { } stated ? int.Parse(stated, CultureInfo.InvariantCulture) : 20260322;
        var corpus = SampleOutcomeTests.Rows(source)
            .Select(r => (r.Normalizer, Notification: Samples.Notification(r.File, source, r.Normalizer.Format, "localhost")))
            .Where(r => r.Notification.Body.Length <= LongestBody)
            .ToList();
        int samples = corpus.Count;
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var mutator = new Mutator(seed);
        var random = new Random(seed);
        (long inputs, long bytes, TimeSpan slowest, long largest, string slow) = (0, 0, TimeSpan.Zero, 0, "");
        long started = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(started).TotalSeconds < seconds / Sources.Count)
        {
            (INormalizer normalizer, Notification parent) = corpus[random.Next(corpus.Count)];
            Notification input = parent with { Body = mutator.Mutate(parent.Body.Span) };
            IReadOnlyList<NormalisedItem> items = Try(normalizer, input, out long allocated, out TimeSpan took);
            for (int again = 0; again < 3 && took > slowest; again++)
            {
                // Seemingly the slowest so far. A machine that paused doesn't pause each time.
                Try(normalizer, input, out _, out TimeSpan other);
                took = other < took ? other : took;
            }

            if (took >= LongestInput)
            {
                Assert.Fail($"{normalizer.Format}: {took} for {input.Body.Length} bytes, kept at {Keep(normalizer, input)}");
            }

            inputs++;
            bytes += input.Body.Length;
            if (took > slowest)
            {
                (slowest, slow) = (took, $"{normalizer.Format}, {input.Body.Length:N0} bytes, {(took > WorthKeeping ? Keep(normalizer, input) : "not kept")}");
            }

            largest = Math.Max(largest, allocated);
            if (input.Body.Length <= LongestBody && corpus.Count < LargestCorpus && seen.Add(BehaviourOf(normalizer, items)))
            {
                corpus.Add((normalizer, input));
            }
        }

        TestContext.Current.TestOutputHelper?.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{WireNames.Of(source)}: {inputs:N0} inputs, {bytes / 1e6:N0} MB from {samples} payloads; {corpus.Count - samples:N0} behaved anew; slowest {slowest.TotalMilliseconds:N0} ms ({slow}), most memory {largest / 1e6:N1} MB"));
    }

    private static IReadOnlyList<NormalisedItem> Try(INormalizer normalizer, Notification input, out long allocated, out TimeSpan took)
    {
        long began = Stopwatch.GetTimestamp();
        try
        {
            allocated = Check.Bounded(normalizer, input);
            took = Stopwatch.GetElapsedTime(began);
            return Check.Items(normalizer, input);
        }
        catch (Exception e)
        {
            throw new Xunit.Sdk.XunitException($"{normalizer.Format}: {e.Message}\nkept at {Keep(normalizer, input)}", e);
        }
    }

    /// <summary>What tells inputs apart: the kinds of items, their reasons, and which fields were read or unreadable.</summary>
    private static string BehaviourOf(INormalizer normalizer, IReadOnlyList<NormalisedItem> items) =>
        string.Join('\n', items.Take(20).Select(Behaviour).Distinct(StringComparer.Ordinal).Prepend(normalizer.Format));

    private static string Behaviour(NormalisedItem item) => item switch
    {
        NormalisedItem.Observed(var o) =>
            $"{o.Record.Kind} {o.Withdrawn} {o.Subjects.Count} {o.Revision.Counter is null} {o.Revision.Time is null} {string.Join(' ', o.Fields.Select(f => $"{f.Field}{f.Unreadable}{Math.Min(f.Values.Count, 2)}"))}",
        NormalisedItem.Rejected(var reason, _) => WithoutNumbers(reason),
        NormalisedItem.Irrelevant(var reason) => reason,
        NormalisedItem.Hint hint => hint.Reason,
        _ => item.GetType().Name,
    };

    private static string WithoutNumbers(string text) => string.Concat(text.Where(c => !char.IsAsciiDigit(c)));

    private static string Keep(INormalizer normalizer, Notification input)
    {
        string folder = Path.Combine(AppContext.BaseDirectory, "fuzzing");
        Directory.CreateDirectory(folder);
        string file = Path.Combine(folder, $"{WireNames.Of(normalizer.Source)}.{normalizer.Format}.{input.Sha256()[..16]}");
        File.WriteAllBytes(file, input.Body.ToArray());
        return file;
    }
}
