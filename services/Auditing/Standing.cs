using System.Globalization;
using System.Numerics;
using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Auditing;

/// <summary>
/// What one record says now, by the strictest reading: the one observation that its source's own order puts last. A record
/// whose order is in doubt says nothing here, so that what the audit counts is beyond doubt.
/// </summary>
internal sealed class Standing
{
    private readonly HashSet<string> _earlierDigests = new(StringComparer.Ordinal);
    private BigInteger? _counter;
    private bool _doubtful;

    /// <summary>The observation that counts; null where there is doubt.</summary>
    public Observation? Last => _doubtful ? null : _last;

    /// <summary>The record was heard more than once.</summary>
    public bool Revised { get; private set; }

    /// <summary>The digests that earlier revisions of a tag named.</summary>
    public IReadOnlySet<string> EarlierDigests => _earlierDigests;

    private Observation? _last;

    /// <summary>Takes one more observation of the record, in any order.</summary>
    public void Add(Observation observation, TimeSpan skewAllowance)
    {
        BigInteger? counter = observation.Revision.Counter is { } text
            && BigInteger.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out BigInteger number) ? number : null;
        _doubtful |= observation.Revision.Time - observation.Lineage.ExtractedAt > skewAllowance;
        if (_last is null)
        {
            (_last, _counter) = (observation, counter);
            return;
        }

        Revised = true;
        int order = Compare(observation, counter);
        if (order > 0)
        {
            Remember(_last);
            (_last, _counter) = (observation, counter);
        }
        else
        {
            Remember(observation);
        }
    }

    /// <summary>Counter and time must not contradict each other, and equal revisions must say the same.</summary>
    private int Compare(Observation observation, BigInteger? counter)
    {
        int byTime = Nullable.Compare(observation.Revision.Time, _last!.Revision.Time);
        if ((counter is null) != (_counter is null))
        {
            _doubtful = true;
            return byTime;
        }

        int byCounter = counter is null ? 0 : counter.Value.CompareTo(_counter!.Value);
        _doubtful |= byCounter * byTime < 0;
        int order = byCounter != 0 ? byCounter : byTime;
        _doubtful |= order == 0 && !SaysTheSame(observation, _last);
        return order;
    }

    private void Remember(Observation earlier)
    {
        if (earlier is { Record.Kind: RecordKind.RegistryTag, Withdrawn: false, Subjects: [{ Digest: { } digest }, ..] })
        {
            _earlierDigests.Add(digest.Text);
        }
    }

    private static bool SaysTheSame(Observation a, Observation b) =>
        a.Withdrawn == b.Withdrawn && a.Approval == b.Approval
        && a.Subjects.Select(s => (s.Image, s.Digest)).SequenceEqual(b.Subjects.Select(s => (s.Image, s.Digest)))
        && a.Fields.OrderBy(f => f.Field).Select(Text).SequenceEqual(b.Fields.OrderBy(f => f.Field).Select(Text), StringComparer.Ordinal);

    private static string Text(FieldReading reading) => $"{reading.Field}={string.Join('\n', reading.Values)}";
}
