namespace ReleaseIntegrity.Tests.Offline;

/// <summary>I9: no file, line of output or name shows a secret, unless it was asked for.</summary>
public sealed class When_output_is_masked : IDisposable
{
    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void No_secret_is_in_any_file_or_line()
    {
        Run run = Run.Reconcile(_scratch["out"], Lines());

        foreach (string text in run.Files.Values.Concat(run.Files.Keys).Append(run.Output).Append(run.Error))
        {
            Assert.All(Story.Secrets, secret => Assert.DoesNotContain(secret, text, StringComparison.OrdinalIgnoreCase));
        }

        Assert.Contains("8f4…71e", run.Files["items.ndjson"], StringComparison.Ordinal);
    }

    [Fact]
    public void Revealed_output_has_them_all()
    {
        Run run = Run.Reconcile(_scratch["out"], Lines(), "--reveal");

        string all = string.Concat(run.Files.Values);
        Assert.All(Story.Secrets.Where(s => !s.Any(char.IsAsciiLetterUpper)), secret => Assert.Contains(secret, all, StringComparison.Ordinal));
        Assert.DoesNotContain("mask-key", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Files_have_keyed_names_that_revealing_keeps()
    {
        Run masked = Run.Reconcile(_scratch["a"], Lines());
        Run revealed = Run.Reconcile(_scratch["b"], Lines(), "--reveal");
        string key = _scratch.Write("key", new string('7', 64));
        Run keyed = Run.Reconcile(_scratch["c"], Lines(), "--mask-key", key);

        Assert.Equal(masked.Documents.Keys, revealed.Documents.Keys);
        Assert.NotEqual(masked.Documents.Keys, keyed.Documents.Keys);
        Assert.Contains("not for sharing", masked.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("not for sharing", keyed.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Items_agree_with_the_ledger_token_by_token()
    {
        Run run = Run.Reconcile(_scratch["out"], Lines());

        string inLedger = run.Field("observed-digest")["authoritative"]!.GetValue<string>();
        string inItem = run.Items.Single(i => i["source"]!.GetValue<string>() == "runtime-validation")["fields"]!.AsArray()
            .Single(f => f!["field"]!.GetValue<string>() == "observed-digest")!["value"]!.GetValue<string>();
        Assert.Equal(inLedger, inItem);
    }

    [Fact]
    public void A_key_that_is_none_is_bad_usage()
    {
        Run run = Run.Reconcile(_scratch["out"], Lines(), "--mask-key", _scratch.Write("key", "short"));

        Assert.Equal(2, run.Code);
        Assert.NotEmpty(run.Error);
    }

    private string Lines() => _scratch.Write("in.ndjson", string.Join('\n', Story.Lines()));
}
