using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace ReleaseIntegrity.Tests.Collectors.Resync.Fakes;

/// <summary>
/// The pods of an API server: lists in pages of one snapshot, a watch with bookmarks that ends after its time, and 410 for
/// versions that were compacted away.
/// </summary>
internal sealed class FakeKubernetes : FakeApi
{
    private readonly Dictionary<string, (int Version, object Pod)> _pods = [];
    private readonly List<(int Version, string Type, object Pod)> _events = [];
    private int _version = 100;
    private int _oldest;

    public override Source Source => Source.RuntimeValidation;

    public override string Api => "kubernetes";

    public override IReadOnlyList<(string Name, string Value)> Settings(string folder) => [("Instance", "prod-eu-1"), ("EverySeconds", "1")];

    public override void Add(int i) => Put($"pod-{i}", i);

    public void Put(string name, int i)
    {
        lock (Lock)
        {
            bool known = _pods.ContainsKey(name);
            object pod = Pod(name, i, ++_version);
            _pods[name] = (_version, pod);
            _events.Add((_version, known ? "MODIFIED" : "ADDED", pod));
        }
    }

    public void Delete(string name)
    {
        lock (Lock)
        {
            _pods.Remove(name);
            _events.Add((++_version, "DELETED", Pod(name, 0, _version)));
        }
    }

    /// <summary>Forgets all changes so far: a watch from before them is too old.</summary>
    public void Compact()
    {
        lock (Lock)
        {
            _oldest = ++_version;
            _events.Clear();
        }
    }

    public override Task AnswerAsync(HttpContext context) =>
        context.Request.Query["watch"] == "1" ? WatchAsync(context) : ListAsync(context);

    private static object Pod(string name, int i, int version) => new
    {
        kind = "Pod",
        apiVersion = "v1",
        metadata = new { name, @namespace = "shop", uid = $"uid-of-{name}", resourceVersion = $"{version}" },
        spec = new { containers = new[] { new { name = "app", image = $"registry.example/team/app:v{i}" } } },
        status = new
        {
            phase = "Running",
            containerStatuses = new[]
            {
                new
                {
                    name = "app", image = $"registry.example/team/app:v{i}",
                    imageID = $"registry.example/team/app@{FakeRegistry.DigestOf(BitConverter.GetBytes(i))}",
                    state = new { running = new { startedAt = "2026-03-22T10:00:00Z" } },
                },
            },
        },
    };

    private async Task ListAsync(HttpContext context)
    {
        int limit = Int(context, "limit", 500);
        int start = Int(context, "continue");
        object list;
        lock (Lock)
        {
            object[] pods = [.. _pods.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => p.Value.Pod)];
            int left = Math.Max(0, pods.Length - start - limit);
            list = new
            {
                kind = "PodList",
                apiVersion = "v1",
                metadata = new { resourceVersion = $"{_version}", @continue = left > 0 ? $"{start + limit}" : "", remainingItemCount = left },
                items = pods.Skip(start).Take(limit),
            };
        }

        await WriteAsync(context, list);
    }

    private async Task WatchAsync(HttpContext context)
    {
        int from = Int(context, "resourceVersion");
        if (from < _oldest)
        {
            await LineAsync(context, new { type = "ERROR", @object = new { kind = "Status", code = 410, reason = "Expired" } });
            return;
        }

        await context.Response.StartAsync(context.RequestAborted);
        DateTimeOffset end = DateTimeOffset.UtcNow.AddSeconds(Int(context, "timeoutSeconds", 1));
        while (DateTimeOffset.UtcNow < end)
        {
            (int Version, string Type, object Pod)[] fresh;
            lock (Lock)
            {
                fresh = [.. _events.Where(e => e.Version > from)];
            }

            foreach ((int version, string type, object pod) in fresh)
            {
                await LineAsync(context, new { type, @object = pod });
                from = version;
            }

            await Task.Delay(20, context.RequestAborted);
        }

        lock (Lock)
        {
            from = Math.Max(from, _events.Count == 0 ? _version : from);
        }

        await LineAsync(context, new { type = "BOOKMARK", @object = new { kind = "Pod", metadata = new { resourceVersion = $"{from}" } } });
    }

    private static async Task LineAsync(HttpContext context, object line)
    {
        await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(line) + "\n"), context.RequestAborted);
        await context.Response.Body.FlushAsync(context.RequestAborted);
    }
}
