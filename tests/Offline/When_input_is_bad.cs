using System.Text.Json.Nodes;

namespace ReleaseIntegrity.Tests.Offline;

public sealed class When_input_is_bad : IDisposable
{
    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData("not json", "not JSON")]
    [InlineData("""{"format":"harbor","body":{}} trailing""", "not JSON")]
    [InlineData("[]", "not an object")]
    [InlineData("""{"body":{}}""", "format is missing")]
    [InlineData("""{"format":"harbor"}""", "body is missing")]
    [InlineData("""{"format":"harbor","body":{},"bodyBase64":""}""", "exclude each other")]
    [InlineData("""{"format":"harbor","bodyBase64":"%%"}""", "not base64")]
    [InlineData("""{"format":"harbor","receivedAt":"yesterday","body":{}}""", "RFC 3339")]
    [InlineData("""{"format":"harbor","headers":["a"],"body":{}}""", "headers")]
    [InlineData("""{"format":"cloudevents","body":{"type":"com.example.other"}}""", "which source")]
    public void A_bad_line_is_kept_as_a_rejected_item_that_names_its_place(string line, string reason)
    {
        string input = _scratch.Write("bad.ndjson", $"{Story.Lines()[0]}\n\n{line}\n");
        Run run = Run.Reconcile(_scratch["out"], input);

        Assert.Equal(0, run.Code);
        Assert.Equal(2, run.Count("notifications"));
        Assert.Equal(1, run.Count("rejected"));
        JsonObject item = run.Items.Single(i => i["outcome"]!.GetValue<string>() == "rejected");
        Assert.Contains(reason, item["reason"]!.GetValue<string>(), StringComparison.Ordinal);
        if (!line.Contains("com.example", StringComparison.Ordinal))
        {
            Assert.StartsWith("bad.ndjson:3: ", item["reason"]!.GetValue<string>(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_body_in_base64_is_the_same_notification()
    {
        string body = Story.Promotion(Story.A, "2026-03-22T08:00:00Z");
        string encoded = Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(body));
        string input = _scratch.Write("in.ndjson", $$"""
            {{Story.Line("distribution", body, null)}}
            {"format":"artifact-registry/distribution","bodyBase64":"{{encoded}}"}
            """);
        Run run = Run.Reconcile(_scratch["out"], input);

        Assert.Equal(1, run.Count("applied"));
        Assert.Equal(1, run.Count("duplicate"));
    }

    [Theory]
    [InlineData("dev.cdevents.artifact.published.0.2.0", "artifact-registry")]
    [InlineData("dev.cdevents.ticket.updated.0.2.0", "change-snapshot")]
    [InlineData("dev.cdevents.pipelinerun.started.0.2.0", null)]
    public void A_format_that_leaves_its_source_open_takes_it_from_the_events_type(string type, string? source)
    {
        string input = _scratch.Write("in/cdevents/event.json", $$"""
            {"context": {"id": "1", "source": "/x", "type": "{{type}}", "timestamp": "2026-03-22T08:00:00Z"}, "subject": {"id": "pkg:golang/a@1"} }
            """);
        Run run = Run.Reconcile(_scratch["out"], input);

        JsonObject item = Assert.Single(run.Items);
        Assert.Equal((source, source is null ? "rejected" : "irrelevant"), (item["source"]?.GetValue<string>(), item["outcome"]!.GetValue<string>()));
    }

    [Fact]
    public void An_unknown_format_is_named_once_and_passed_over()
    {
        string input = Story.Folder(_scratch);
        _scratch.Write("in/semaphore/a.json", "{}");
        _scratch.Write("in/semaphore/b.json", "{}");
        _scratch.Write("in/.git/distribution/hidden.json", "{}");
        Run run = Run.Reconcile(_scratch["out"], input);

        Assert.Equal(0, run.Code);
        Assert.Equal(4, run.Count("notifications"));
        Assert.Single(run.Error.Split('\n'), l => l.Trim() == "unknown format semaphore");
    }

    [Fact]
    public void Strict_ends_with_3_and_only_where_something_was_rejected()
    {
        string good = Story.Folder(_scratch);
        Assert.Equal(0, Run.Reconcile(_scratch["out"], good, "--strict").Code);

        _scratch.Write("in/distribution/broken.json", "{");
        Assert.Equal(3, Run.Reconcile(_scratch["out"], good, "--strict").Code);
        Assert.Equal(0, Run.Reconcile(_scratch["out"], good).Code);
    }

    [Fact]
    public void A_refused_policy_is_printed_with_file_line_and_fix()
    {
        string policy = _scratch.Write("policy.yaml", "schema: policy/v1\nversion: \"1\"\nskewAlowance: 5m\n");
        Run run = Run.Reconcile(_scratch["out"], Story.Folder(_scratch), "--policy", policy);

        Assert.Equal(2, run.Code);
        Assert.Contains("policy.yaml:3:", run.Error, StringComparison.Ordinal);
        Assert.Empty(run.Files);
    }

    [Fact]
    public void Missing_input_and_bad_arguments_are_bad_usage()
    {
        string input = Story.Folder(_scratch);
        Assert.Equal(2, Run.Reconcile(_scratch["out"], _scratch["nowhere"]).Code);
        Assert.Equal(2, Run.Reconcile(_scratch["out"]).Code);
        Assert.Equal(2, Run.Reconcile(_scratch["out"], input, "--as-of", "noon").Code);
        Assert.Equal(2, Run.Reconcile(_scratch["out"], input, "--shuffle", "x").Code);
        Assert.Equal(2, Run.Reconcile(_scratch["out"], input, "--policy", _scratch["nowhere"]).Code);
    }

    [Fact]
    public void A_folder_with_foreign_files_is_left_alone_and_an_earlier_result_replaced()
    {
        string input = Story.Folder(_scratch);
        string mine = _scratch.Write("mine/ledgers/notes.txt", "precious");
        Run refused = Run.Reconcile(_scratch["mine"], input);
        Assert.Equal(2, refused.Code);
        Assert.Equal("precious", File.ReadAllText(mine));

        Run first = Run.Reconcile(_scratch["out"], input, "--as-of", "2026-03-23T00:00:00Z");
        Run second = Run.Reconcile(_scratch["out"], _scratch["in", "distribution"]);
        Assert.Equal(0, second.Code);
        Assert.Single(second.Documents);
        Assert.Equal(2, first.Documents.Count);
    }

    [Fact]
    public void The_output_is_never_taken_for_input()
    {
        Story.Folder(_scratch, "all/in");
        Run first = Run.Reconcile(_scratch["all", "out"], _scratch["all"]);
        Run second = Run.Reconcile(_scratch["all", "out"], _scratch["all"]);

        Assert.Equal(first.Files, second.Files);
        Assert.DoesNotContain("unknown format", second.Error, StringComparison.Ordinal);
    }
}
