namespace ReleaseIntegrity.Tests.Offline;

public sealed class When_time_is_cut : IDisposable
{
    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void What_was_received_later_is_left_out()
    {
        Run run = Run.Reconcile(_scratch["out"], Lines(Story.Lines()), "--as-of", "2026-03-22T12:01:30Z");

        Assert.Equal(2, run.Count("items"));
        Assert.Contains("left out: 2", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain(run.Items, i => i["source"]!.GetValue<string>() == "runtime-validation");
    }

    [Fact]
    public void The_greatest_receipt_is_the_instant_where_none_is_given()
    {
        Run open = Run.Reconcile(_scratch["a"], Lines(Story.Lines()));
        Run given = Run.Reconcile(_scratch["b"], Lines(Story.Lines()), "--as-of", "2026-03-22T12:03:00Z");

        Assert.Equal(given.Files, open.Files);
    }

    [Fact]
    public void Without_receipts_it_is_the_greatest_source_time()
    {
        Run open = Run.Reconcile(_scratch["a"], Story.Folder(_scratch), "--reveal");
        Run given = Run.Reconcile(_scratch["b"], Story.Folder(_scratch), "--reveal", "--as-of", "2026-03-22T11:00:00Z");

        Assert.Equal(given.Files, open.Files);
        Assert.Equal("2026-03-22T11:00:00Z", open.Field("manifest-digest")["candidates"]![0]!["extractedAt"]!.GetValue<string>());
    }

    [Fact]
    public void Lines_without_a_receipt_were_extracted_at_the_instant()
    {
        string input = Lines([Story.Lines()[0], Story.Line("cloudevents", Story.Container(), null)]);
        Run run = Run.Reconcile(_scratch["out"], input, "--reveal", "--as-of", "2026-03-25T00:00:00Z");

        string[] extracted = [.. run.Field("manifest-digest")["candidates"]!.AsArray().Select(c => c!["extractedAt"]!.GetValue<string>())];
        Assert.Equal(["2026-03-22T12:00:00Z", "2026-03-25T00:00:00Z"], extracted);
    }

    [Fact]
    public void Nothing_at_all_is_a_result_too()
    {
        Directory.CreateDirectory(_scratch["empty"]);
        Run run = Run.Reconcile(_scratch["out"], _scratch["empty"]);

        Assert.Equal(0, run.Code);
        Assert.Equal("", run.Files["items.ndjson"]);
        Assert.Equal(0, run.Count("tuples"));
    }

    [Theory]
    [InlineData("9999-12-31T23:59:59.9999999Z")]
    [InlineData("0001-01-02T00:00:00Z")]
    public void The_ends_of_time_are_times(string time)
    {
        string input = _scratch.Write("in/distribution/a.json", Story.Promotion(Story.A, time));
        _scratch.Write("in/servicenow/b.json", Story.Change());

        Assert.Equal(0, Run.Reconcile(_scratch["out"], _scratch["in"]).Code);
        Assert.Equal(0, Run.Reconcile(_scratch["out"], input, "--as-of", time).Code);
    }

    private string Lines(IEnumerable<string> lines) => _scratch.Write("in.ndjson", string.Join("\r\n", lines));
}
