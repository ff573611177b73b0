using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using ReleaseIntegrity.Collectors.Hosting.Resync;
using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Collectors.SignatureLedger.Resync;

/// <summary>
/// <c>rekor-v1</c>: entry by entry, by the global log index over all shards (rekor <c>openapi.yaml</c>), and the entries that
/// hints name by their uuid, which is their leaf hash, or by the hash that they are about, which the log's search index
/// leads to. An entry is fetched once: its proof is another with every answer. One
/// that the log counts and doesn't show yet ends the page before it, so that none is passed over.
/// </summary>
internal sealed class RekorV1Client(SourceConnection connection) : ISourceClient
{
    public const string Format = "rekor-v1";

    private const int LeafDigits = 64;

    // Entries about one digest that are read at most: a base image may be signed every night.
    private const int FoundLimit = 1000;

    // What the answers so far call the log: an answer without entries doesn't say it.
    private const string LogId = "log id";

    public async IAsyncEnumerable<SourcePage> AskAsync(SourceQuestion question, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string? logId = question.Seen.GetValueOrDefault(LogId);
        long start = long.Parse(connection.Options.From ?? "0", CultureInfo.InvariantCulture);
        long next = question.Watermark is null ? start : long.Parse(question.Watermark, CultureInfo.InvariantCulture);
        string[] uuids = await NamedAsync(question.Targets, cancellationToken);
        foreach (string[] some in uuids.Where(u => !question.Seen.ContainsKey(LeafOf(u))).Chunk(connection.Options.PageSize))
        {
            SourceAnswer[] answers = await Task.WhenAll(some.Select(uuid => ReadAsync($"entries/{uuid}", cancellationToken)));
            (string Uuid, SourceAnswer Answer)[] found = [.. some.Zip(answers).Where(f => f.Second.IsFound)];
            yield return new SourcePage
            {
                Documents = [.. found.Where(f => !(IndexOf(f.Answer) is { } index && index >= start && index < next)).Select(f => Document(f.Answer))],
                Seen = found.DistinctBy(f => LeafOf(f.Uuid)).ToDictionary(f => LeafOf(f.Uuid), _ => (string?)"by name", StringComparer.Ordinal),
            };
        }

        long size = await SizeAsync(cancellationToken);
        if (next > size)
        {
            throw new SourceException(SourceTrouble.Unexpected, "the log is shorter than it was: is it another one?");
        }

        while (next < size)
        {
            int count = (int)Math.Min(connection.Options.PageSize, size - next);
            SourceAnswer[] answers = await Task.WhenAll(
                Enumerable.Range(0, count).Select(i => ReadAsync($"entries?logIndex={next + i}", cancellationToken)));
            SourceAnswer[] entries = [.. answers.TakeWhile(a => a.IsFound)];
            if (entries.Length == 0)
            {
                break;
            }

            logId = LogIdOf(entries[^1]);
            next += entries.Length;
            yield return new SourcePage
            {
                Documents = [.. entries.Select(Document)],
                Watermark = next.ToString(CultureInfo.InvariantCulture),
                Behind = size - next,
                Seen = new Dictionary<string, string?> { [LogId] = logId },
            };
            if (entries.Length < count)
            {
                break;
            }
        }

        yield return new SourcePage { Heard = logId is null ? [] : [logId], Behind = size - next };
    }

    internal static IEnumerable<string> Refusals(ResyncOptions options) =>
        options.From is { } from && !long.TryParse(from, NumberStyles.None, CultureInfo.InvariantCulture, out _)
            ? ["From must be a log index; write for example: \"From\": \"0\""]
            : [];

    private static FetchedDocument Document(SourceAnswer answer) =>
        new(Format, answer.Body) { Headers = new Dictionary<string, string> { ["content-type"] = "application/json" } };

    private static string LogIdOf(SourceAnswer answer) => MemberOf(answer, "logID") is { ValueKind: JsonValueKind.String } id
        ? id.GetString()!.ToLowerInvariant()
        : throw new SourceException(SourceTrouble.Unexpected, "an entry does not say of which log it is");

    private static long? IndexOf(SourceAnswer answer) =>
        MemberOf(answer, "logIndex") is { ValueKind: JsonValueKind.Number } index && index.TryGetInt64(out long value) ? value : null;

    private static JsonElement? MemberOf(SourceAnswer answer, string name)
    {
        foreach (JsonProperty entry in Members(answer.Json()))
        {
            foreach (JsonProperty member in Members(entry.Value))
            {
                if (member.NameEquals(name))
                {
                    return member.Value;
                }
            }
        }

        return null;
    }

    /// <summary>The uuids that hints name, and those that the search index has for the digests that hints name.</summary>
    private async Task<string[]> NamedAsync(IReadOnlyCollection<string> targets, CancellationToken cancellationToken)
    {
        var uuids = new List<string>(targets.Where(LogEntry.IsUuid));
        foreach (Digest digest in targets.Select(DigestIn).OfType<Digest>().Distinct())
        {
            SourceAnswer answer = await connection.Http.SearchAsync(SourceSearch.RekorIndex(digest), cancellationToken);
            JsonElement found = answer.IsFound ? answer.Json() : default;
            if (answer.IsFound && found.ValueKind != JsonValueKind.Array)
            {
                throw new SourceException(SourceTrouble.Unexpected, "its search index does not answer a list of uuids");
            }

            uuids.AddRange((answer.IsFound ? found.EnumerateArray().Select(u => u.ToString()) : []).Where(LogEntry.IsUuid).Take(FoundLimit));
        }

        return [.. uuids.Distinct(StringComparer.OrdinalIgnoreCase)];
    }

    /// <summary>The digest that a target ends with: alone, of a reference, or of a payload. The index knows no sha384.</summary>
    private static Digest? DigestIn(string target) =>
        Digest.TryParse(target[(target.LastIndexOfAny(['@', ' ']) + 1)..], out Digest digest) && !digest.Text.StartsWith("sha384:", StringComparison.Ordinal)
            ? digest
            : null;

    private static string LeafOf(string uuid) => uuid[^LeafDigits..].ToLowerInvariant();

    private static JsonElement.ObjectEnumerator Members(JsonElement element) =>
        element.ValueKind == JsonValueKind.Object ? element.EnumerateObject() : default;

    private Task<SourceAnswer> ReadAsync(string path, CancellationToken cancellationToken) =>
        connection.Http.ReadAsync(new SourceRequest(new Uri(connection.Address, $"api/v1/log/{path}")), cancellationToken);

    /// <summary>Entries of all shards: global indexes go on from shard to shard.</summary>
    private async Task<long> SizeAsync(CancellationToken cancellationToken)
    {
        SourceAnswer answer = await connection.Http.ReadAsync(
            new SourceRequest(new Uri(connection.Address, "api/v1/log")) { Answers = [] }, cancellationToken);
        JsonElement log = answer.Json();
        long size = SizeOf(log);
        if (log.TryGetProperty("inactiveShards", out JsonElement shards) && shards.ValueKind == JsonValueKind.Array)
        {
            size += shards.EnumerateArray().Sum(SizeOf);
        }

        return size;
    }

    private static long SizeOf(JsonElement shard) =>
        shard.ValueKind == JsonValueKind.Object && shard.TryGetProperty("treeSize", out JsonElement size)
        && size.ValueKind == JsonValueKind.Number && size.TryGetInt64(out long entries)
            ? entries
            : throw new SourceException(SourceTrouble.Unexpected, "the log does not say its size");
}
