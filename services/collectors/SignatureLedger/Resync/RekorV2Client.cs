using System.Globalization;
using System.Runtime.CompilerServices;
using ReleaseIntegrity.Collectors.Formats;
using ReleaseIntegrity.Collectors.Hosting.Resync;

namespace ReleaseIntegrity.Collectors.SignatureLedger.Resync;

/// <summary>
/// <c>rekor-v2</c>: the entries of a tiled log (rekor-tiles <c>CLIENTS.md</c>, C2SP tlog-tiles), bundle by bundle, as far as its
/// checkpoint counts them. The watermark is the size up to which it was read. Each entry is kept by itself, so that a partial
/// bundle that has grown brings its new entries alone. A log that became shorter, or whose past is another one than the checkpoint
/// said under which it was read last, is a gap for people to judge: nothing is read, and the watermark stays.
/// </summary>
internal sealed class RekorV2Client(SourceConnection connection) : ISourceClient
{
    public const string Format = "rekor-v2";

    private const int LogIdBytes = 32;

    // Under which checkpoint the log was read last: its size and root hash.
    private const string LastCheckpoint = "checkpoint";

    private readonly string _logId = LogIdOf(connection.Options)!;

    public async IAsyncEnumerable<SourcePage> AskAsync(SourceQuestion question, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Checkpoint checkpoint = await CheckpointAsync(cancellationToken);
        long size = checkpoint.Size;
        long next = long.Parse(question.Watermark ?? connection.Options.From ?? "0", CultureInfo.InvariantCulture);
        if (next > size)
        {
            throw new SourceException(
                SourceTrouble.Unexpected, "the log is shorter than it was: restored, or another one? Nothing is read before it is longer again");
        }

        string stated = string.Create(CultureInfo.InvariantCulture, $"{size} {checkpoint.Root}");
        string? last = question.Seen.GetValueOrDefault(LastCheckpoint);
        IReadOnlyDictionary<string, string?> seen = new Dictionary<string, string?>();
        if (last != stated)
        {
            await CompareAsync(last, checkpoint, cancellationToken);
            seen = new Dictionary<string, string?> { [LastCheckpoint] = stated };
        }

        while (next < size)
        {
            long bundle = next / EntryBundle.Width;
            long first = bundle * EntryBundle.Width;
            int count = (int)Math.Min(EntryBundle.Width, size - first);
            IReadOnlyList<ReadOnlyMemory<byte>> entries = EntryBundle.Read(await ReadAsync("entries", bundle, count, cancellationToken), count);
            FetchedDocument[] documents = [.. entries.Select((entry, i) => Document(entry, first + i)).Skip((int)(next - first))];
            next = first + count;
            yield return new SourcePage
            {
                Documents = documents,
                Watermark = next.ToString(CultureInfo.InvariantCulture),
                Behind = size - next,
                Seen = seen,
            };
        }

        yield return new SourcePage { Seen = seen, Heard = [connection.InstanceOf(Format) ?? _logId], Behind = 0 };
    }

    internal static IEnumerable<string> Refusals(ResyncOptions options) =>
        LogIdOf(options) is not null
            ? RekorV1Client.Refusals(options)
            : RekorV1Client.Refusals(options).Append(
                "LogId must be the log's id, 32 bytes in base64 as trusted_root.json has it, or in hex: entries are addressed by it and the tiles don't say it");

    private static string? LogIdOf(ResyncOptions options)
    {
        string text = options.LogId ?? "";
        return text.Length == 2 * LogIdBytes && text.All(char.IsAsciiHexDigit) ? text.ToLowerInvariant()
            : Base64Text.TryDecode(text, out byte[] bytes) && bytes.Length == LogIdBytes ? Convert.ToHexStringLower(bytes)
            : null;
    }

    private async Task<Checkpoint> CheckpointAsync(CancellationToken cancellationToken)
    {
        SourceAnswer answer = await connection.Http.ReadAsync(
            new SourceRequest(new Uri(connection.Address, "checkpoint")) { Accept = ["text/plain", "*/*"], Answers = [] }, cancellationToken);
        Checkpoint checkpoint = Checkpoint.Read(answer.Body)
            ?? throw new SourceException(SourceTrouble.Unexpected, "its checkpoint is none: see Address, which ends where \"checkpoint\" begins");
        return checkpoint.KeyIds.Any(id => _logId.StartsWith(id, StringComparison.Ordinal))
            ? checkpoint
            : throw new SourceException(SourceTrouble.Unexpected, "its checkpoint is not of the log that LogId names");
    }

    /// <summary>
    /// A log only grows: its first entries, as many as it had, still have the root that it stated then. A log that was restored from
    /// a backup and has grown since is as long as it was, and another one.
    /// </summary>
    private async Task CompareAsync(string? last, Checkpoint now, CancellationToken cancellationToken)
    {
        if (last?.Split(' ') is not [var text, var root] || !long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long length) || length == 0)
        {
            return;
        }

        string? then = length > now.Size ? null
            : length == now.Size ? now.Root
            : await TileTree.RootAsync(length, now.Size, (level, number, width) => ReadAsync(TileTree.NameOf(level), number, width, cancellationToken));
        if (then != root)
        {
            throw new SourceException(
                SourceTrouble.Unexpected,
                "the log's past is not what it was: restored from a backup, or another one? Nothing is read; under another name in Collector:Resync it is read anew");
        }
    }

    /// <summary>A bundle or tile of at least that width: of a partial one that is gone the full one has taken the place.</summary>
    private async Task<ReadOnlyMemory<byte>> ReadAsync(string kind, long number, int least, CancellationToken cancellationToken)
    {
        foreach (int width in new[] { least, TilePath.Width }.Distinct())
        {
            SourceAnswer answer = await connection.Http.ReadAsync(
                new SourceRequest(new Uri(connection.Address, TilePath.Of(kind, number, width))) { Accept = ["application/octet-stream", "*/*"] },
                cancellationToken);
            if (answer.IsFound)
            {
                return answer.Body;
            }
        }

        throw new SourceException(SourceTrouble.Unexpected, "the checkpoint counts entries that the log does not show");
    }

    private FetchedDocument Document(ReadOnlyMemory<byte> entry, long index) => new(Format, entry)
    {
        Headers = new Dictionary<string, string>
        {
            ["content-type"] = "application/json",
            [LogEntry.LogIdHeader] = _logId,
            [LogEntry.IndexHeader] = index.ToString(CultureInfo.InvariantCulture),
        },
    };
}
