using System.Globalization;
using System.Runtime.CompilerServices;
using ReleaseIntegrity.Collectors.Formats;
using ReleaseIntegrity.Collectors.Hosting.Resync;

namespace ReleaseIntegrity.Collectors.SignatureLedger.Resync;

/// <summary>
/// <c>rekor-v2</c>: the entries of a tiled log (rekor-tiles <c>CLIENTS.md</c>, C2SP tlog-tiles), bundle by bundle, as far as its
/// checkpoint counts them. The watermark is the size up to which it was read. Each entry is kept by itself, so that a partial
/// bundle that has grown brings its new entries alone. A log that became shorter is a gap for people to judge: nothing is
/// read, and the watermark stays.
/// </summary>
internal sealed class RekorV2Client(SourceConnection connection) : ISourceClient
{
    public const string Format = "rekor-v2";

    private const int LogIdBytes = 32;

    private readonly string _logId = LogIdOf(connection.Options)!;

    public async IAsyncEnumerable<SourcePage> AskAsync(SourceQuestion question, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        long size = await SizeAsync(cancellationToken);
        long next = long.Parse(question.Watermark ?? connection.Options.From ?? "0", CultureInfo.InvariantCulture);
        if (next > size)
        {
            throw new SourceException(
                SourceTrouble.Unexpected, "the log is shorter than it was: restored, or another one? Nothing is read before it is longer again");
        }

        while (next < size)
        {
            long bundle = next / EntryBundle.Width;
            long first = bundle * EntryBundle.Width;
            int count = (int)Math.Min(EntryBundle.Width, size - first);
            IReadOnlyList<ReadOnlyMemory<byte>> entries = EntryBundle.Read(await ReadAsync(bundle, count, cancellationToken), count);
            FetchedDocument[] documents = [.. entries.Select((entry, i) => Document(entry, first + i)).Skip((int)(next - first))];
            next = first + count;
            yield return new SourcePage
            {
                Documents = documents,
                Watermark = next.ToString(CultureInfo.InvariantCulture),
                Behind = size - next,
            };
        }

        yield return new SourcePage { Heard = [connection.InstanceOf(Format) ?? _logId], Behind = 0 };
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

    private async Task<long> SizeAsync(CancellationToken cancellationToken)
    {
        SourceAnswer answer = await connection.Http.ReadAsync(
            new SourceRequest(new Uri(connection.Address, "checkpoint")) { Accept = ["text/plain", "*/*"], Answers = [] }, cancellationToken);
        Checkpoint checkpoint = Checkpoint.Read(answer.Body)
            ?? throw new SourceException(SourceTrouble.Unexpected, "its checkpoint is none: see Address, which ends where \"checkpoint\" begins");
        return checkpoint.KeyIds.Any(id => _logId.StartsWith(id, StringComparison.Ordinal))
            ? checkpoint.Size
            : throw new SourceException(SourceTrouble.Unexpected, "its checkpoint is not of the log that LogId names");
    }

    /// <summary>A bundle of at least so many entries: of a partial one that is gone the full one has taken the place.</summary>
    private async Task<ReadOnlyMemory<byte>> ReadAsync(long bundle, int count, CancellationToken cancellationToken)
    {
        foreach (int width in new[] { count, EntryBundle.Width }.Distinct())
        {
            SourceAnswer answer = await connection.Http.ReadAsync(
                new SourceRequest(new Uri(connection.Address, EntryBundle.PathOf(bundle, width))) { Accept = ["application/octet-stream", "*/*"] },
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
