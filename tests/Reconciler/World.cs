using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Tests.Reconciler;

/// <summary>
/// Random deliveries over few names, digests and instants, so that they meet: tags that move and move back, indexes,
/// deletions, entries with and without tags, change revisions, containers that come and go, skewed and equal clocks,
/// the same notification read again and mapped again.
/// </summary>
internal sealed class World
{
    private static readonly Digest[] Digests = [.. Enumerable.Range(0, 6).Select(i => Say.Digest($"d{i}"))];

    private readonly Random _random;
    private int _entries;

    public World(int seed)
    {
        _random = new Random(seed);
        int count = _random.Next(5, 45);
        var deliveries = new List<Observation>();
        for (int i = 0; i < count; i++)
        {
            Observation one = One();
            deliveries.Add(one);
            for (int again = _random.Next(6); again >= 4; again--)
            {
                deliveries.Add(Again(one));
            }
        }

        AddPayloads(deliveries, new Random(seed ^ 0x9a710ad));
        Deliveries = deliveries;
    }

    /// <summary>Payloads and entries that know only them, by a chance of their own: earlier seeds keep what they had.</summary>
    private void AddPayloads(List<Observation> deliveries, Random random)
    {
        for (int i = random.Next(4); i > 0; i--)
        {
            DateTimeOffset at = Say.T0.AddMinutes(5 * random.Next(12));
            Digest payload = Say.Digest($"payload {random.Next(2)}");
            var repository = new ImageReference(Say.Registry, $"payments/{(random.Next(3) == 0 ? "web" : "api")}", null);
            deliveries.Insert(random.Next(deliveries.Count + 1), Say.Payload(repository, Digests[random.Next(Digests.Length)], payload, at));
            deliveries.Insert(random.Next(deliveries.Count + 1), Say.Entry(1000 + i, at, null, $"key-{random.Next(2)}", payload));
        }
    }

    public static DateTimeOffset End { get; } = Say.T0.AddDays(3);

    public IReadOnlyList<Observation> Deliveries { get; }

    /// <summary>The deliveries in another order, cut into batches.</summary>
    public static IReadOnlyList<Observation[]> Batches(IReadOnlyList<Observation> deliveries, Random random)
    {
        Observation[] shuffled = [.. deliveries];
        random.Shuffle(shuffled);
        var batches = new List<Observation[]>();
        for (int i = 0; i < shuffled.Length;)
        {
            int size = Math.Min(random.Next(1, 9), shuffled.Length - i);
            batches.Add(shuffled[i..(i + size)]);
            i += size;
        }

        return batches;
    }

    private Observation One()
    {
        ImageReference tuple = Tuple();
        Digest digest = Pick(Digests);
        DateTimeOffset at = At();
        Observation said = _random.Next(16) switch
        {
            0 or 1 or 2 => Say.Tag(tuple, digest, at, children: _random.Next(4) == 0 ? Children() : []),
            3 => Say.Tag(tuple, null, at),
            4 => Say.Entry(_entries++, at, tuple, Key(), digest),
            5 or 6 => Say.Entry(_entries++, at, null, Key(), [.. Digests.Where(_ => _random.Next(4) == 0).Append(digest).Distinct()]),
            7 => Say.Entry(_entries++, at, tuple with { Tag = null }, Key(), digest),
            8 or 9 => Say.Change(tuple, digest, At(), Key(), at, _random.Next(1, 5), $"chg-{_random.Next(3)}", (Approval)_random.Next(1, 4)),
            10 or 11 => Say.Pod(
                tuple, digest, at, $"pod-{_random.Next(4)}", _random.Next(1, 6), _random.Next(3) == 0, $"rekor:{Say.Hash($"leaf {_random.Next(4)}")}", $"cluster-{_random.Next(2)}"),
            12 => Say.Pod(tuple with { Tag = null }, digest, at, $"pod-{_random.Next(4)}", _random.Next(1, 6)),
            13 => Say.Index(tuple, digest, at, deleted: false, Children()),
            14 => Say.Index(tuple, digest, at, deleted: true),
            _ => Say.RepositoryDeleted(tuple, at),
        };
        return said.ReadAt(at + TimeSpan.FromMinutes(_random.Next(8) == 0 ? -_random.Next(1, 30) : _random.Next(1, 30)));
    }

    private Observation Again(Observation one) => _random.Next(4) switch
    {
        0 => one,
        1 => one.ReadAt(one.Lineage.ExtractedAt.AddMinutes(_random.Next(-20, 20))),
        2 => one with { Lineage = one.Lineage with { MappingVersion = 2 }, Fields = [.. one.Fields.Skip(1)] },

        // The same revision read by another notification: a resync.
        _ => one with
        {
            Lineage = one.Lineage with
            {
                NotificationSha256 = Say.Hash(one.Lineage.NotificationSha256 + _random.Next(3)),
                ExtractedAt = one.Lineage.ExtractedAt.AddMinutes(_random.Next(1, 50)),
            },
        },
    };

    private ImageReference Tuple() =>
        new(_random.Next(5) == 0 ? "mirror.example.com" : Say.Registry, $"payments/{(_random.Next(3) == 0 ? "web" : "api")}", $"v{_random.Next(2)}");

    private Digest[] Children() => [.. Digests.Where(_ => _random.Next(3) == 0)];

    // A coarse grid, so that instants are often equal; and now and then a few hours, so that allowances end in between.
    private DateTimeOffset At() => Say.T0.AddMinutes(5 * _random.Next(12)).AddHours(_random.Next(3) * 7);

    private string Key() => $"key-{_random.Next(2)}";

    private T Pick<T>(T[] from) => from[_random.Next(from.Length)];
}
