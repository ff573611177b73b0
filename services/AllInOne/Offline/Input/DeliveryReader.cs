using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;
using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.AllInOne.Offline.Input;

/// <summary>Reads deliveries from wherever they stand and normalises them. Safe for concurrent use.</summary>
internal sealed class DeliveryReader(IReadOnlyList<InputFile> files, FormatTable formats) : IDisposable
{
    /// <summary>A longer notification is refused, whole; no source sends one nearly as long.</summary>
    public const int MaxBytes = 64 << 20;

    private static readonly IReadOnlyDictionary<string, string> NoHeaders = new Dictionary<string, string>();
    private readonly ConcurrentDictionary<int, SafeFileHandle> _lines = new();
    private readonly Slimming _slimming = new();

    /// <summary>Reads and normalises one delivery. Only I/O errors throw.</summary>
    public Delivery Read(DeliveryPlace place)
    {
        InputFile file = files[place.File];
        if (place.Length > MaxBytes)
        {
            return !file.IsLines && formats.Find(file.Format!).Count == 0
                ? new Delivery.OfUnknownFormat(file.Format!)
                : TooLong(file, place);
        }

        if (!file.IsLines)
        {
            return Normalise(file.Format!, File.ReadAllBytes(file.Path), NoHeaders, null);
        }

        byte[] bytes = new byte[place.Length];
        ReadFully(file, place, bytes);
        ReadOnlyMemory<byte> line = bytes.AsSpan().StartsWith("\uFEFF"u8) ? bytes.AsMemory(3) : bytes;
        EnvelopeLine envelope = EnvelopeLine.Parse(line);
        return envelope.Problem is { } problem
            ? Refused(Sha256(bytes), envelope.Format, envelope.ReceivedAt, $"{At(file, place)}: {problem}")
            : Normalise(envelope.Format!, envelope.Body, envelope.Headers, envelope.ReceivedAt);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (SafeFileHandle handle in _lines.Values)
        {
            handle.Dispose();
        }
    }

    private Delivery Normalise(
        string name, ReadOnlyMemory<byte> body, IReadOnlyDictionary<string, string> headers, DateTimeOffset? receivedAt)
    {
        IReadOnlyList<INormalizer> speakers = formats.Find(name);
        INormalizer? normalizer = speakers.Count == 1 ? speakers[0] : null;
        if (speakers.Count > 1 && CloudEventSource.Of(body, headers) is { } source)
        {
            normalizer = speakers.FirstOrDefault(n => n.Source == source);
        }

        if (normalizer is null)
        {
            return speakers.Count == 0
                ? new Delivery.OfUnknownFormat(name)
                : Refused(Sha256(body.Span), name, receivedAt, $"the event type doesn't say which source speaks; {CloudEventSource.Fix}");
        }

        // Where nobody says when it was received, the evaluation's instant is stamped later: it may rest on what is read here.
        var notification = new Notification
        {
            Source = normalizer.Source,
            Format = normalizer.Format,
            Body = body,
            ReceivedAt = receivedAt ?? DateTimeOffset.UnixEpoch,
            Headers = headers,
        };
        IReadOnlyList<NormalisedItem> items = _slimming.Slim(normalizer.Normalise(notification), out string? address);
        return new Delivery.Read(
            new NotificationKey(normalizer.Source, normalizer.Format, address ?? notification.Sha256(), HeaderText(headers)), receivedAt, items);
    }

    private void ReadFully(InputFile file, DeliveryPlace place, Span<byte> bytes)
    {
        SafeFileHandle handle = _lines.GetOrAdd(place.File, _ => File.OpenHandle(file.Path, options: FileOptions.RandomAccess));
        int done = 0;
        while (done < bytes.Length)
        {
            int read = RandomAccess.Read(handle, bytes[done..], place.Offset + done);
            if (read == 0)
            {
                throw new EndOfStreamException($"{file.Name} became shorter while it was read");
            }

            done += read;
        }
    }

    private static Delivery.Read TooLong(InputFile file, DeliveryPlace place)
    {
        // Hashed in pieces, since an address is all that is kept of it.
        using FileStream stream = new(file.Path, FileMode.Open, FileAccess.Read, FileShare.Read);
        stream.Position = place.Offset;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] buffer = new byte[1 << 20];
        long left = place.Length;
        int read;
        while (left > 0 && (read = stream.Read(buffer, 0, (int)Math.Min(left, buffer.Length))) > 0)
        {
            hash.AppendData(buffer, 0, read);
            left -= read;
        }

        return Refused(
            Convert.ToHexStringLower(hash.GetHashAndReset()), file.Format, null,
            $"{At(file, place)}: longer than {MaxBytes >> 20} MiB");
    }

    /// <summary>The line is kept as an item, so that nothing gets lost, and its reason leads to it.</summary>
    private static Delivery.Read Refused(string sha256, string? format, DateTimeOffset? receivedAt, string reason) =>
        new(new NotificationKey(null, format, sha256, ""), receivedAt, [new NormalisedItem.Rejected(reason)]);

    private static string At(InputFile file, DeliveryPlace place) =>
        place.Line == 0 ? file.Name : string.Create(CultureInfo.InvariantCulture, $"{file.Name}:{place.Line}");

    private static string Sha256(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    private static string HeaderText(IReadOnlyDictionary<string, string> headers) =>
        headers.Count == 0 ? "" : string.Join('\n', headers.Select(h => $"{h.Key}: {h.Value}"));
}
