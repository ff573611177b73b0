namespace ReleaseIntegrity.Tests.Policies;

/// <summary>One edit of the shipped policy that must be refused.</summary>
/// <param name="Name">What is wrong.</param>
/// <param name="Anchor">The line after which to edit, by how it starts.</param>
/// <param name="Find">What to replace.</param>
/// <param name="Replace">What to put there; <c>§</c> marks the place that the problem must name, and is taken out.</param>
/// <param name="What">What the problem must say; <c>«text»</c> stands for the number of the first line that starts so.</param>
/// <param name="Fix">The fix that it must give; with <c>…</c> at the end only how it starts.</param>
/// <param name="InSchema">Whether the published schema can see it too.</param>
public sealed record RefusalCase(string Name, string Anchor, string Find, string Replace, string What, string Fix, bool InSchema)
{
    /// <summary>The document, the line and column of the mark, and what the problem must say.</summary>
    internal (string Yaml, int Line, int Column, string What) Build()
    {
        string marked = Documents.Edit(Anchor, Find, Replace);
        int mark = marked.IndexOf('§', StringComparison.Ordinal);
        Assert.True(mark >= 0, $"no mark in '{Name}'");
        string before = marked[..mark];
        int line = before.Count(c => c == '\n') + 1;
        string yaml = marked.Remove(mark, 1);
        return (yaml, line, mark - before.LastIndexOf('\n'), Expected(yaml));
    }

    private string Expected(string yaml)
    {
        int open = What.IndexOf('«', StringComparison.Ordinal);
        if (open < 0)
        {
            return What;
        }

        int close = What.IndexOf('»', StringComparison.Ordinal);
        string start = What[(open + 1)..close];
        int first = 1 + Array.FindIndex(yaml.Split('\n'), l => l.StartsWith(start, StringComparison.Ordinal));
        return $"{What[..open]}{first}{What[(close + 1)..]}";
    }

    /// <inheritdoc/>
    public override string ToString() => Name;
}
