using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Core;

/// <summary>Currency across records: which of several claims, and which of several changes, speaks now.</summary>
internal sealed partial class CurrentView
{
    /// <summary>
    /// The claims that no later claim and no registry history has made history. Later means log index and signing time
    /// alike; where these disagree, or can't be compared, both stay.
    /// </summary>
    private List<(RecordVersion Version, Subject Subject)> CurrentClaims()
    {
        var current = new List<(RecordVersion, Subject)>();
        foreach (RecordVersion claim in _allClaims)
        {
            if (_allClaims.Exists(other => IsLaterClaim(other, claim)))
            {
                continue;
            }

            foreach (Subject subject in claim.Last.Subjects)
            {
                if (subject is { Image: { Tag: not null } image, Digest: { } digest }
                    && _policy.Canonical(image) == _tuple && !IsRegistryHistory(digest))
                {
                    current.Add((claim, subject));
                }
            }
        }

        return current;
    }

    private bool IsLaterClaim(RecordVersion later, RecordVersion earlier)
    {
        if (ReferenceEquals(later, earlier))
        {
            return false;
        }

        TimeSpan resolution = _policy.ClockResolution[Source.SignatureLedger];
        DateTimeOffset? laterTime = later.Last.SigningTime ?? later.Last.Revision.Time;
        DateTimeOffset? earlierTime = earlier.Last.SigningTime ?? earlier.Last.Revision.Time;
        bool byTime = laterTime - earlierTime is { } distance && distance > TimeSpan.Zero && distance >= resolution;
        if (!byTime || later.Last.Record.Instance != earlier.Last.Record.Instance)
        {
            return false;
        }

        // A log without indexes orders by time alone.
        return (later.Last.Revision.Counter, earlier.Last.Revision.Counter) switch
        {
            (null, null) => true,
            ({ } index, { } before) => RevisionOrder.CompareCounters(index, before) > 0,
            _ => false,
        };
    }

    private bool IsRegistryHistory(Digest digest)
    {
        bool namedNow = Registry.Exists(v => v.Last.Subjects is [{ Digest: { } current }, ..] && current == digest);
        if (namedNow)
        {
            return false;
        }

        foreach (RecordHistory history in Evidence.Records)
        {
            if (history.Record.Kind == RecordKind.RegistryTag && history.Past.Contains(digest.Text)
                && history.Current.Any(v => IsAuthoritative(v.Last)))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The latest approved change of the authoritative instances, then the latest of each other instance.</summary>
    private List<RecordVersion> CurrentSnapshots()
    {
        var snapshots = new List<RecordVersion>();
        foreach (IGrouping<string, RecordVersion> group in ApprovedChanges
            .GroupBy(v => IsAuthoritative(v.Last) ? "" : v.Last.Record.Instance)
            .OrderBy(g => g.Key, StringComparer.Ordinal))
        {
            List<IGrouping<SourceRecord, RecordVersion>> changes = [.. group.GroupBy(v => v.Last.Record)];
            DateTimeOffset latest = changes.Max(c => c.Max(ApprovedAt));
            snapshots.AddRange(changes
                .Where(c => latest - c.Max(ApprovedAt) is var lag && (lag == TimeSpan.Zero || lag < _policy.ClockResolution[Source.ChangeSnapshot]))
                .SelectMany(c => c));
        }

        return snapshots;
    }

    private static DateTimeOffset ApprovedAt(RecordVersion change) =>
        change.Read(Field.ApprovalTime)?.Reading.Single is { } text && Instants.TryParse(text, out DateTimeOffset approved)
            ? approved
            : change.Last.Revision.Time ?? DateTimeOffset.MinValue;
}
