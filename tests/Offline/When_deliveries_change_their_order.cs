namespace ReleaseIntegrity.Tests.Offline;

/// <summary>I1: one set of deliveries gives one result. I7: every item ends in exactly one way.</summary>
public sealed class When_deliveries_change_their_order : IDisposable
{
    private static readonly string[] Outcomes = ["applied", "superseded", "duplicate", "unbound", "hint", "irrelevant", "rejected"];
    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 12)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Every_shuffle_gives_the_same_bytes(int seed)
    {
        string input = Write(new Town(seed, artifacts: 4, notifications: 150).Lines);
        Run inOrder = Run.Reconcile(_scratch["a"], input);

        for (int shuffle = 0; shuffle < 4; shuffle++)
        {
            Run shuffled = Run.Reconcile(_scratch["b"], input, "--shuffle", $"{(seed * 100) + shuffle}");
            Assert.Equal(inOrder.Files, shuffled.Files);
        }
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void The_same_lines_written_in_another_order_give_the_same_documents(int seed)
    {
        string[] lines = [.. new Town(seed, artifacts: 4, notifications: 150).Lines];
        Run inOrder = Run.Reconcile(_scratch["a"], Write(lines));
        new Random(seed).Shuffle(lines);

        Assert.Equal(inOrder.Documents, Run.Reconcile(_scratch["b"], Write(lines)).Documents);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Input_given_twice_adds_duplicates_only(int seed)
    {
        string input = Write(new Town(seed, artifacts: 4, notifications: 150).Lines);
        Run once = Run.Reconcile(_scratch["a"], input);
        Run twice = Run.Reconcile(_scratch["b"], input, input);

        Assert.Equal(once.Documents, twice.Documents);
        foreach ((string name, _) in once.Summary)
        {
            long grown = twice.Count(name) - once.Count(name);
            Assert.Equal(name switch { "notifications" => once.Count(name), "items" or "duplicate" => once.Count("items"), _ => 0 }, grown);
        }
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Items_are_conserved_and_nothing_is_overwritten_silently(int seed)
    {
        Run run = Run.Reconcile(_scratch["a"], Write(new Town(seed, artifacts: 3, notifications: 300).Lines));

        Assert.Equal(run.Count("items"), Outcomes.Sum(run.Count));
        Assert.Equal(run.Count("items"), run.Items.Count);
        Assert.All(Outcomes, o => Assert.Equal(run.Count(o), run.Items.Count(i => i["outcome"]!.GetValue<string>() == o)));
        Assert.Equal(0, run.Count("silentlyOverwritten"));
        Assert.True(run.Count("conflicts") > 0, "a world without conflicts shows nothing");
        Assert.True(run.Count("superseded") > 0 && run.Count("duplicate") > 0 && run.Count("rejected") > 0, "a world without history shows little");
    }

    [Fact]
    public void A_delivery_repeated_later_keeps_its_first_extraction()
    {
        string later = Story.Lines()[0].Replace("T12:00:00Z", "T12:02:30Z", StringComparison.Ordinal);
        Run once = Run.Reconcile(_scratch["a"], Write(Story.Lines()));
        Run again = Run.Reconcile(_scratch["b"], Write([later, .. Story.Lines()]));

        Assert.Equal(once.Documents, again.Documents);
        Assert.Equal(1, again.Count("duplicate"));
    }

    [Fact]
    public void One_fact_in_two_notifications_is_applied_once()
    {
        string retry = Story.Line("distribution", Story.Promotion(Story.A, "2026-03-22T08:00:00Z", "another-id"), "2026-03-22T12:00:30Z");
        Run run = Run.Reconcile(_scratch["out"], Write([retry, .. Story.Lines()]), "--reveal");

        Assert.Equal(1, run.Count("duplicate"));
        Assert.Equal(4, run.Count("applied"));
    }

    private string Write(IEnumerable<string> lines) => _scratch.Write("in.ndjson", string.Join('\n', lines));
}
