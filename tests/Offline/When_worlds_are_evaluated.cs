using System.CommandLine;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ReleaseIntegrity.AllInOne.Evaluating;
using ReleaseIntegrity.Contracts;
using ReleaseIntegrity.Core;
using ReleaseIntegrity.Policies;

namespace ReleaseIntegrity.Tests.Offline;

/// <summary>The engine against generated truth, and that the report can say of a bad engine that it is one.</summary>
public sealed partial class When_worlds_are_evaluated : IDisposable
{
    private const int Worlds = 120;

    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void The_ledger_says_what_a_perfect_steward_does_at_every_instant_and_in_every_order()
    {
        EvaluationReport report = Report(Reconciler.Reconcile, Worlds, orders: 2);

        Assert.Equal([], report.Worlds.SelectMany(w => w.Differences).Select(d => d.ToString()));
        Assert.Equal([], report.Worlds.Where(w => w.DistinctHashes != 1).Select(w => w.Seed));
        Assert.Equal([], report.Overwrites);
        Assert.True(report.Ledgers.Held > 0 && report.Ledgers.ResolvedByRule > 0 && report.Times.Count > Worlds);
    }

    /// <summary>
    /// An index that was named by a clock that ran ahead, and a change record that such a clock told of too late to be found out: worlds
    /// in which the audit or the steward once were wrong. Another shape of notifications makes other worlds of the seeds.
    /// </summary>
    [Theory]
    [InlineData(280)]
    [InlineData(892)]
    public void A_world_that_once_showed_a_difference_shows_none(int seed)
    {
        WorldResult world = Evaluation.Run(Request(1, 2) with { Seed = seed }, PolicyFile.Default(), Reconciler.Reconcile, new Silence())[0];

        Assert.Equal([], world.Differences.Select(d => d.ToString()));
        Assert.Equal([], world.Overwrites);
        Assert.Equal(1, world.DistinctHashes);
    }

    [Fact]
    public void An_engine_in_which_the_last_write_wins_is_found_out()
    {
        EvaluationReport report = Report(LastWriteWins, 30, orders: 0);

        Assert.True(report.Overwrites.Count > 10, $"{report.Overwrites.Count}");
        Assert.True(EvaluationReport.Count(report.Always, Agreement.MissedConflict) > 0);
        Assert.True(EvaluationReport.Count(report.Always, Agreement.WrongValue) > 0);
        Assert.True(EvaluationReport.Share(report.AtEnd) < 1);
        Assert.Equal(report.Overwrites.Count, (int)report.Document(Request(30, 0), "1", "x")["conflicts"]!["silentlyOverwritten"]!);
    }

    [Fact]
    public void An_engine_that_holds_everything_is_found_out()
    {
        EvaluationReport report = Report((evidence, policy, asOf) => Changed(evidence, policy, asOf, f => f with { State = FieldState.Held, Authoritative = null }), 5, orders: 0);

        Assert.True(EvaluationReport.Count(report.Always, Agreement.FalseHold) > 100);
        Assert.Equal(0, EvaluationReport.Count(report.Always, Agreement.MissedConflict));
    }

    [Fact]
    public void An_engine_that_goes_by_arrival_gives_several_results()
    {
        EvaluationReport report = Report(ByArrival, 5, orders: 3);

        Assert.Equal(5, report.Unreliable);
        Assert.True((int)report.Document(Request(5, 3), "1", "x")["reordering"]!["distinctHashesPerWorld"]! > 1);
    }

    [Fact]
    public void The_command_writes_a_table_a_document_and_a_page_that_needs_nothing_else()
    {
        (int code, string output, string error) = Evaluate("--worlds", "6", "--seed", "11", "--out", _scratch["out"]);

        Assert.Equal((0, ""), (code, error));
        Assert.Contains("silently overwritten", output, StringComparison.Ordinal);
        JsonObject document = JsonNode.Parse(File.ReadAllText(Path.Combine(_scratch["out"], "evaluation.json")))!.AsObject();
        Assert.Equal(("evaluation/v1", 6, 11), ((string)document["schema"]!, (int)document["worlds"]!, (int)document["seed"]!));
        Assert.Equal(1, (double)document["agreement"]!["atTheEnd"]!["share"]!);
        string page = File.ReadAllText(Path.Combine(_scratch["out"], "evaluation.html"));
        Assert.DoesNotMatch(Outside(), page);
        Assert.DoesNotMatch(Placeholder(), page);
        Assert.True(JsonNode.DeepEquals(document, JsonNode.Parse(Data().Match(page).Groups["json"].Value)));
    }

    [Fact]
    public void The_same_seed_gives_the_same_figures_whatever_the_machine_takes()
    {
        string[] documents = [.. Enumerable.Range(0, 2).Select(_ =>
        {
            JsonObject document = Report(Reconciler.Reconcile, 8, orders: 1).Document(Request(8, 1), "1", "x");
            document["timeToLedger"]!.AsObject().Remove("workSeconds");
            return document.ToJsonString();
        })];

        Assert.Equal(documents[0], documents[1]);
    }

    [Fact]
    public void Only_the_drifts_that_were_named_happen()
    {
        Evaluate("--worlds", "12", "--drift", "tag-moved-back", "late-delivery", "--out", _scratch["out"]);

        JsonNode document = JsonNode.Parse(File.ReadAllText(Path.Combine(_scratch["out"], "evaluation.json")))!;
        Assert.Equal(["late-delivery", "tag-moved-back"], document["drifts"]!.AsArray().Select(d => (string)d!));
        Assert.Equal(["late-delivery", "tag-moved-back", "none"], document["artifactsByDrift"]!.AsArray().Select(d => (string)d!["drift"]!));
    }

    [Theory]
    [InlineData("--drift", "nonsense", "--drift 'nonsense' is none of: none, lagging-registry")]
    [InlineData("--worlds", "0", "--worlds must be from 1 to 10000000")]
    [InlineData("--policy", "nowhere.yaml", "nowhere.yaml")]
    public void Bad_usage_is_refused_with_what_would_be_right(string option, string value, string message)
    {
        (int code, _, string error) = Evaluate(option, value, "--out", _scratch["out"]);

        Assert.Equal(2, code);
        Assert.Contains(message, error, StringComparison.Ordinal);
    }

    private static EvaluationReport Report(Judge judge, int worlds, int orders) =>
        new(Evaluation.Run(Request(worlds, orders), PolicyFile.Default(), judge, new Silence()));

    private static EvaluationRequest Request(int worlds, int orders) => new() { Worlds = worlds, Seed = 1, Orders = orders, Options = new() };

    private static Reconciliation LastWriteWins(TupleEvidence evidence, Policy policy, DateTimeOffset asOf) => Changed(evidence, policy, asOf, entry =>
    {
        Candidate? last = entry.Candidates.MaxBy(c => c.Observation.Revision.Time);
        return last is null ? entry : entry with { State = FieldState.Agreed, Authoritative = last.Values, Hold = null, Rule = null, Candidates = [last] };
    });

    private static Reconciliation ByArrival(TupleEvidence evidence, Policy policy, DateTimeOffset asOf) => Changed(evidence, policy, asOf, entry =>
        entry.Field != Field.ManifestDigest || evidence.Records.Count == 0 ? entry : entry with { State = FieldState.Agreed, Hold = null, Authoritative = [evidence.Records[0].Record.Id] });

    private static Reconciliation Changed(TupleEvidence evidence, Policy policy, DateTimeOffset asOf, Func<FieldEntry, FieldEntry> change)
    {
        Reconciliation honest = Reconciler.Reconcile(evidence, policy, asOf);
        return honest with { Ledger = honest.Ledger with { Fields = [.. honest.Ledger.Fields.Select(change)] } };
    }

    private static (int Code, string Output, string Error) Evaluate(params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        int code = AllInOne.Program.Run(["evaluate", .. arguments], new InvocationConfiguration { Output = output, Error = error });
        return (code, output.ToString(), error.ToString());
    }

    [GeneratedRegex("""<(script|link|img)[^>]*(src|href)=|@import""")]
    private static partial Regex Outside();

    [GeneratedRegex("@(chart|page|evaluation)@")]
    private static partial Regex Placeholder();

    [GeneratedRegex("""<script type="application/json" id="evaluation">(?<json>[^<]*)</script>""")]
    private static partial Regex Data();

    private sealed class Silence : AllInOne.Offline.IProgressReport
    {
        public void Begin(string stage, int total)
        {
        }

        public void Advance(int count)
        {
        }

        public void Warn(string message) => Assert.Fail(message);
    }
}
