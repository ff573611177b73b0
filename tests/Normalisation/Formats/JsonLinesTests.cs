using System.Text;
using ReleaseIntegrity.Collectors.RuntimeValidation;
using ReleaseIntegrity.Tests.Normalisation.Ledger;
using static ReleaseIntegrity.Tests.Normalisation.Ledger.LedgerData;

namespace ReleaseIntegrity.Tests.Normalisation.Formats;

/// <summary>JSON lines of which some are no JSON (invariant I7: what can't be used is rejected by itself).</summary>
public sealed class JsonLinesTests
{
    private const string Cut = """{"logId":{"keyId":"Y2M""";

    private static readonly string[] Broken = [Cut, """{"logIndex":1,}""", "a log line in between", "\"\\ud800\"", """{"a":1}}"""];

    private static readonly INormalizer[] Formats = [.. SignatureLedgerFormatsOfLines(), .. RuntimeFormatsOfLines()];

    public static TheoryData<string> Names => [.. Formats.Select(f => f.Format)];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_bad_line_is_rejected_alone_with_its_number_and_the_others_are_taken(string format)
    {
        INormalizer normalizer = Formats.Single(f => f.Format == format);
        string[] good = Good(format);
        NormalisedItem[] alone = [.. good.SelectMany(line => Normalise(normalizer, [line]))];

        IReadOnlyList<NormalisedItem> items = Normalise(normalizer, [good[0], "", Cut, good[1]]);

        Assert.Equal(alone.Length + 1, items.Count);
        NormalisedItem.Rejected bad = Assert.Single(items.OfType<NormalisedItem.Rejected>(), r => r.Reason.StartsWith("not JSON", StringComparison.Ordinal));
        Assert.Equal($"not JSON: line 3, column {Cut.Length + 1}: the text ends too early", bad.Reason);
        Assert.Same(bad, items[alone.Length / 2]);
        Assert.Equal(alone.Select(Said), items.Where(i => i != bad).Select(Said));
    }

    [Fact]
    public void Whatever_lines_are_bad_every_line_ends_as_it_would_by_itself()
    {
        INormalizer normalizer = LedgerTest.Normalizer("rekor-v2");
        var random = new Random(20260322);
        for (int round = 0; round < 200; round++)
        {
            string[] lines = [.. Enumerable.Range(0, random.Next(2, 9)).Select(i => random.Next(3) == 0
                ? Broken[random.Next(Broken.Length)]
                : Entry(i))];
            bool anyGood = lines.Except(Broken).Any();

            IReadOnlyList<NormalisedItem> items = Normalise(normalizer, lines, random.Next(2) == 0 ? "\n" : "\r\n");

            Assert.Equal(anyGood ? lines.Length : 1, items.Count);
            for (int i = 0; anyGood && i < lines.Length; i++)
            {
                if (Broken.Contains(lines[i]))
                {
                    Assert.StartsWith($"not JSON: line {i + 1}, column ", Assert.IsType<NormalisedItem.Rejected>(items[i]).Reason, StringComparison.Ordinal);
                }
                else
                {
                    Assert.Equal(Said(Assert.Single(Normalise(normalizer, [lines[i]]))), Said(items[i]));
                }
            }
        }
    }

    [Theory]
    [InlineData("{\n  \"logIndex\": [\n    {},\n    { \"a\": 1 }\n  ],\n  \"logId\": \n")]
    [InlineData("[\n1,\n{}\n")]
    [InlineData("not JSON\nat all\n744\n")]
    public void A_document_that_is_broken_as_a_whole_is_one_rejected_item(string body)
    {
        var rejected = Assert.IsType<NormalisedItem.Rejected>(Assert.Single(Normalise(LedgerTest.Normalizer("rekor-v2"), [body])));

        Assert.StartsWith("not JSON: line ", rejected.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Where_a_line_is_bad_places_name_the_line()
    {
        var observed = Assert.IsType<NormalisedItem.Observed>(Normalise(LedgerTest.Normalizer("rekor-v2"), [Cut, Entry(7)])[1]);

        Assert.Equal(new DecodeStep("", "json-line-2"), Assert.Single(observed.Observation.Subjects).Place.Decode[0]);
        Assert.Equal(1, observed.Observation.Lineage.ItemIndex);
    }

    private static IReadOnlyList<NormalisedItem> Normalise(INormalizer normalizer, string[] lines, string end = "\n") => Check.Items(
        normalizer, Make.Bytes(Encoding.UTF8.GetBytes(string.Join(end, lines)), normalizer.Source, normalizer.Format));

    /// <summary>What an item says, apart from where in which notification it stands.</summary>
    private static string Said(NormalisedItem item) => item is NormalisedItem.Observed(var o)
        ? $"{o.Record} {o.Revision} {string.Join(',', o.Subjects.Select(s => s.Digest))} {string.Join(';', o.Fields.Select(f => $"{f.Field}={string.Join(',', f.Values)}"))}"
        : item.ToString();

    private static string Entry(int index) => ProtoEntry(HashedRekord(A), index.ToString(System.Globalization.CultureInfo.InvariantCulture)).ToJsonString();

    private static string[] Good(string format) => format switch
    {
        "rekor-v1" or "rekor-v2" => [Entry(1), Entry(2)],
        "sigstore-bundle" or "dsse" or "intoto-slsa" or "github-attestation" or "cosign-simplesigning" or "oci-referrers" or "oci-layout" =>
            [.. new[] { A, B }.Select(d => Attestation(format, d))],
        _ => ["""{"one":1}""", """{"two":2}"""],
    };

    private static string Attestation(string format, string digest)
    {
        var statement = Statement(Subject("app", "sha256", digest));
        return (format == "sigstore-bundle" ? DsseBundle(statement) : Dsse(statement)).ToJsonString();
    }

    private static IEnumerable<INormalizer> SignatureLedgerFormatsOfLines() => new[]
    {
        "rekor-v1", "rekor-v2", "sigstore-bundle", "dsse", "intoto-slsa", "github-attestation", "cosign-simplesigning", "oci-referrers", "oci-layout",
    }.Select(LedgerTest.Normalizer);

    private static IEnumerable<INormalizer> RuntimeFormatsOfLines() => RuntimeValidationFormats.All(new RuntimeValidationOptions())
        .Where(f => f.Format is "k8s-audit" or "flux" or "ratify" or "k8s-pod" or "admission" or "kyverno" or "policy-report" or "argocd");
}
