using System.Runtime.CompilerServices;
using System.Text;
using ReleaseIntegrity.Collectors.Hosting.Resync;

namespace ReleaseIntegrity.Tests.Collectors.Resync;

/// <summary>A source that says what a test wants: documents in the fake format, one a page, numbered by the watermark.</summary>
internal sealed class ScriptedSource : ISourceClient
{
    private readonly List<string> _documents = [];
    private readonly List<SourceQuestion> _questions = [];
    private readonly Lock _lock = new();

    /// <summary>What it answers with instead of documents.</summary>
    public Func<CancellationToken, Task>? Trouble { get; set; }

    public string Tag { get; set; } = "";

    public IReadOnlyList<SourceQuestion> Questions
    {
        get
        {
            lock (_lock)
            {
                return [.. _questions];
            }
        }
    }

    public SourceApi Api => new("scripted", _ => this);

    public void Says(params string[] documents)
    {
        lock (_lock)
        {
            _documents.AddRange(documents);
        }
    }

    public async IAsyncEnumerable<SourcePage> AskAsync(
        SourceQuestion question, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string[] documents;
        lock (_lock)
        {
            _questions.Add(question);
            documents = [.. _documents];
        }

        int next = int.Parse(question.Watermark ?? "0", System.Globalization.CultureInfo.InvariantCulture);
        for (int i = next; i < documents.Length; i++)
        {
            yield return new SourcePage
            {
                Documents = [new FetchedDocument("fake", Encoding.UTF8.GetBytes(documents[i]))],
                Watermark = $"{i + 1}",
                Behind = documents.Length - i - 1,
            };
        }

        if (Trouble is { } trouble)
        {
            await trouble(cancellationToken);
        }

        bool known = question.Seen.GetValueOrDefault("registry.example/app:0") == Tag;
        yield return new SourcePage
        {
            Heard = ["registry.example"],
            Seen = known || Tag.Length == 0 ? new Dictionary<string, string?>() : new Dictionary<string, string?> { ["registry.example/app:0"] = Tag },
            Documents = known || Tag.Length == 0 ? [] : [new FetchedDocument("fake", Encoding.UTF8.GetBytes("""["observed"]"""))
            {
                Headers = new Dictionary<string, string> { ["date"] = Guid.NewGuid().ToString() },
            }],
        };
    }
}
