using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace ReleaseIntegrity.Tests.Collectors.Resync.Fakes;

/// <summary>A source's API that a test can add records to.</summary>
internal abstract class FakeApi
{
    protected Lock Lock { get; } = new();

    public abstract Source Source { get; }

    public abstract string Api { get; }

    public virtual IReadOnlyList<(string Name, string Value)> Settings(string folder) => [];

    /// <summary>Something new that a resync has to find.</summary>
    public abstract void Add(int i);

    public abstract Task AnswerAsync(HttpContext context);

    /// <summary>Whether an observation is about what was added: most fakes make its tag or digest of its number.</summary>
    public virtual bool Names(Observation observation, int i) => observation.Subjects.Any(s =>
        s.Image?.Tag == $"v{i}" || s.Digest?.Text == FakeRegistry.DigestOf(BitConverter.GetBytes(i)));

    public static FakeApi Of(string api) => api switch
    {
        "oci-distribution" => new FakeRegistryApi(),
        "oci-referrers" => new FakeReferrersApi(),
        "harbor" => new FakeHarbor(),
        "rekor-v1" => new FakeRekor(),
        "rekor-v2" => new FakeTiles(),
        "servicenow" => new FakeServiceNow(),
        "jira" => new FakeJira(),
        "jira-cloud" => new FakeJira(cloud: true),
        "kubernetes" => new FakeKubernetes(),
        _ => throw new ArgumentException(api),
    };

    protected static Task WriteAsync(HttpContext context, object answer)
    {
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(JsonSerializer.Serialize(answer), context.RequestAborted);
    }

    protected static int Int(HttpContext context, string name, int otherwise = 0) =>
        int.TryParse(context.Request.Query[name], CultureInfo.InvariantCulture, out int value) ? value : otherwise;
}

internal sealed class FakeRegistryApi : FakeApi
{
    private readonly FakeRegistry _registry = new();

    public override Source Source => Source.ArtifactRegistry;

    public override string Api => "oci-distribution";

    public override void Add(int i) => _registry.Push("team/app", $"v{i}", FakeRegistry.Manifest(i));

    public override Task AnswerAsync(HttpContext context) => _registry.AnswerAsync(context);
}

/// <summary>A registry that keeps the signature of each of its images beside it.</summary>
internal sealed class FakeReferrersApi : FakeApi
{
    /// <summary>Manifests of signatures have numbers of their own.</summary>
    private const int Signatures = 1000;

    private readonly FakeRegistry _registry = new();

    public override Source Source => Source.SignatureLedger;

    public override string Api => "oci-referrers";

    public override IReadOnlyList<(string Name, string Value)> Settings(string folder) => [("Only:0", "team/app")];

    public override void Add(int i)
    {
        string image = _registry.Push("team/app", $"v{i}", FakeRegistry.Manifest(i));
        _registry.Push("team/app", null, FakeRegistry.Manifest(Signatures + i, subject: image));
    }

    public override bool Names(Observation observation, int i)
    {
        string image = FakeRegistry.DigestOf(FakeRegistry.Manifest(i));
        return observation.Subjects.Any(s => s.Digest?.Text == image);
    }

    public override Task AnswerAsync(HttpContext context) => _registry.AnswerAsync(context);
}

/// <summary>Harbor's artifact lists: newest first, numbered pages, <c>X-Total-Count</c>, pull times that are others with every answer.</summary>
internal sealed class FakeHarbor : FakeApi
{
    private readonly List<int> _artifacts = [];
    private int _answers;

    public override Source Source => Source.ArtifactRegistry;

    public override string Api => "harbor";

    /// <summary>Runs after a page was cut out of the list.</summary>
    public Action<int>? Between { get; set; }

    public override void Add(int i)
    {
        lock (Lock)
        {
            _artifacts.Insert(0, i);
        }
    }

    public void Remove(int i)
    {
        lock (Lock)
        {
            _artifacts.Remove(i);
        }
    }

    public override async Task AnswerAsync(HttpContext context)
    {
        int size = Int(context, "page_size", 10);
        int page = Int(context, "page", 1);
        object[] all;
        lock (Lock)
        {
            all = context.Request.Path.Value!.EndsWith("/repositories", StringComparison.Ordinal)
                ? [new { name = "team/app" }]
                :
                [
                    .. _artifacts.Select(i => new
                    {
                        digest = FakeRegistry.DigestOf(BitConverter.GetBytes(i)),
                        manifest_media_type = "application/vnd.oci.image.manifest.v1+json",
                        push_time = "2026-03-22T10:00:00.000Z",
                        pull_time = $"2026-03-22T11:00:00.{Interlocked.Increment(ref _answers) % 1000:D3}Z",
                        tags = new[] { new { name = $"v{i}", push_time = "2026-03-22T10:00:00.000Z" } },
                    }),
                ];
        }

        context.Response.Headers["X-Total-Count"] = $"{all.Length}";
        await WriteAsync(context, all.Skip((page - 1) * size).Take(size));
        Between?.Invoke(page);
    }
}

/// <summary>Rekor's log: entries by global index over two shards, by uuid, by the hash that they are about, and one that is counted and not shown yet.</summary>
internal sealed class FakeRekor : FakeApi
{
    public static readonly string LogId = new('c', 64);
    private const int InactiveShard = 2;
    private const string TreeId = "00000000000000a1";

    private readonly List<int> _entries = [-1, -2];
    private int _answers;

    /// <summary>Entries that the log counts and doesn't show.</summary>
    public int Hidden { get; set; }

    public override Source Source => Source.SignatureLedger;

    public override string Api => "rekor-v1";

    public override void Add(int i)
    {
        lock (Lock)
        {
            _entries.Add(i);
        }
    }

    public static string Uuid(int i) => Convert.ToHexStringLower(SHA256.HashData([0, .. Body(i)]));

    public override async Task AnswerAsync(HttpContext context)
    {
        if (context.Request.Path.Value == "/api/v1/index/retrieve")
        {
            await SearchAsync(context);
            return;
        }

        await EntryAsync(context);
    }

    /// <summary><c>searchIndex</c>: a hash with or without its algorithm, to the uuids under which shards know entries about it.</summary>
    private async Task SearchAsync(HttpContext context)
    {
        if (!HttpMethods.IsPost(context.Request.Method) || !context.Request.HasJsonContentType())
        {
            context.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
            return;
        }

        using JsonDocument asked = await JsonDocument.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted);
        string hash = asked.RootElement.GetProperty("hash").GetString()!;
        string[] found;
        lock (Lock)
        {
            found = [.. _entries.Where(e => FakeRegistry.DigestOf(BitConverter.GetBytes(e)) == hash).Select(e => $"{TreeId}{Uuid(e)}")];
        }

        await WriteAsync(context, found);
    }

    private Task EntryAsync(HttpContext context)
    {
        string path = context.Request.Path.Value!;
        lock (Lock)
        {
            if (path == "/api/v1/log")
            {
                return WriteAsync(context, new
                {
                    treeSize = _entries.Count - InactiveShard, treeID = "2", inactiveShards = new[] { new { treeSize = InactiveShard, treeID = "1" } },
                });
            }

            int index = path.EndsWith("/entries", StringComparison.Ordinal)
                ? Int(context, "logIndex", -1)
                : _entries.FindIndex(e => path.EndsWith(Uuid(e), StringComparison.Ordinal));
            if (index < 0 || index >= _entries.Count - Hidden)
            {
                context.Response.StatusCode = StatusCodes.Status404NotFound;
                return WriteAsync(context, new { code = 404, message = "entry not found" });
            }

            return WriteAsync(context, new Dictionary<string, object>
            {
                [Uuid(_entries[index])] = new
                {
                    body = Convert.ToBase64String(Body(_entries[index])),
                    integratedTime = 1774173600 + index,
                    logID = LogId,
                    logIndex = index,
                    verification = new { inclusionProof = new { treeSize = Interlocked.Increment(ref _answers) } },
                },
            });
        }
    }

    private static byte[] Body(int i) => Encoding.UTF8.GetBytes(
        $$"""
        {"apiVersion":"0.0.1","kind":"hashedrekord","spec":{"data":{"hash":{"algorithm":"sha256","value":"{{FakeRegistry.DigestOf(BitConverter.GetBytes(i))[7..]}}"} },
        "signature":{"content":"MEUC","publicKey":{"content":"LS0t"} } } }
        """);
}
