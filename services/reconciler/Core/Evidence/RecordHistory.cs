using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Core;

/// <summary>
/// What one source record says now, and the little of its past that rules ask for. A function of the set of its
/// observations: <see cref="Of"/> defines it, <see cref="TryAppend"/> is the shortcut for a revision that is plainly
/// the newest. Storage format: version with care.
/// </summary>
public sealed record RecordHistory
{
    /// <summary>The record.</summary>
    public required SourceRecord Record { get; init; }

    /// <summary>The versions that count now: one, or several that can't be told apart. Ordered by content key.</summary>
    public required IReadOnlyList<RecordVersion> Current { get; init; }

    /// <summary>Observations from the future of their own extraction, not yet followed by an unskewed one.</summary>
    public required IReadOnlyList<Observation> Skewed { get; init; }

    /// <summary>
    /// For a tag: every digest that it named before the current versions. For a change record: every approval time
    /// that stood with a digest before (<c>time@digest</c>, with <c>time@?</c> for any and <c>time@*</c> for several).
    /// Bounded by distinct values, looked up, never walked.
    /// </summary>
    public required IReadOnlySet<string> Past { get; init; }

    /// <summary>One revision is plainly the newest, and none is skewed: <see cref="TryAppend"/> may take the shortcut.</summary>
    public required bool Plain { get; init; }

    /// <summary>The history of a record from all its observations, in any order, repeats included.</summary>
    public static RecordHistory Of(IReadOnlyCollection<Observation> observations, Policy policy)
    {
        SourceRecord record = observations.First().Record;
        TimeSpan resolution = policy.ClockResolution[record.Source];
        List<Point> points = Distinct(observations);
        List<Point> sound = points.FindAll(p => !IsSkewed(p.Observation, policy.SkewAllowance));
        DateTimeOffset? lastSound = sound.Count == 0 ? null : sound.Max(p => p.Observation.Lineage.ExtractedAt);
        bool counted = sound.TrueForAll(p => p.Observation.Revision.Counter is not null);
        sound.Sort((a, b) => RevisionOrder.Compare(a.Observation, b.Observation, counted));

        List<Point> front = Front(sound, resolution);
        List<Point> newest = front.FindAll(p => !front.Exists(other => other.Key != p.Key
            && (RevisionOrder.Supersedes(other.Observation.Revision, p.Observation.Revision, resolution, policy.SkewAllowance)
                || Ends(other.Observation, p.Observation))));
        List<RecordVersion> current = [.. newest
            .Select(p => p.Key).Distinct()
            .Select(key => Run(key, sound, newest))
            .OrderBy(v => v.ContentKey, StringComparer.Ordinal)];
        Observation[] skewed = [.. points
            .Where(p => IsSkewed(p.Observation, policy.SkewAllowance)
                && !(lastSound > p.Observation.Lineage.ExtractedAt))
            .Select(p => p.Observation)
            .OrderBy(o => o.Lineage, Comparer<Lineage>.Create(LineageOrder.Compare))];
        return new RecordHistory
        {
            Record = record,
            Current = current,
            Skewed = skewed,
            Past = PastStatements(sound, current),
            Plain = front.Count == 1 && points.Count == sound.Count,
        };
    }

    /// <summary>
    /// This history and one more observation, when that is plainly newer than all before; null when the history must be
    /// made anew from all observations (<see cref="Of"/>), which gives the same.
    /// </summary>
    public RecordHistory? TryAppend(Observation observation, Policy policy)
    {
        if (!Plain || Current.Count != 1 || IsSkewed(observation, policy.SkewAllowance))
        {
            return null;
        }

        RecordVersion version = Current[0];
        if (!RevisionOrder.Outdates(observation.Revision, version.Last.Revision, policy.ClockResolution[Record.Source]))
        {
            return null;
        }

        string key = Content.KeyOf(observation);
        if (key == version.ContentKey)
        {
            bool firstToSayWhen = version.First.Revision.Time is null && observation.Revision.Time is not null;
            return this with { Current = [version with { First = firstToSayWhen ? observation : version.First, Last = observation }] };
        }

        string? past = Statement(version.Last);
        bool known = past is null || Past.Contains(past);
        var grown = known ? null : new HashSet<string>(Past, StringComparer.Ordinal);
        if (grown is not null)
        {
            Remember(grown, past!);
        }

        return this with { Current = [new RecordVersion(key, observation, observation)], Past = grown ?? Past };
    }

    /// <summary>The key under which two observations of one record and revision say the same: one of them is a duplicate.</summary>
    public static string ContentKey(Observation observation) => Content.KeyOf(observation);

    /// <summary>Whether an earlier revision had this approval time with another digest.</summary>
    internal bool CarriedApproval(string approvalTime, string digest) =>
        Past.Contains($"{approvalTime}@*")
        || (Past.Contains($"{approvalTime}@?") && !Past.Contains($"{approvalTime}@{digest}"));

    /// <summary>Whether an observation belongs to what counts now (true) or to history (false).</summary>
    public bool Counts(Observation observation)
    {
        string key = Content.KeyOf(observation);
        foreach (RecordVersion version in Current)
        {
            if (version.ContentKey == key && RevisionOrder.Compare(observation, version.First) >= 0)
            {
                return true;
            }
        }

        // By lineage: an observation that was stored and read again is another object with the same one.
        return Skewed.Any(s => s.Lineage == observation.Lineage);
    }

    /// <summary>
    /// Whether a current version said the same at the same revision, extracted before: then the observation changes
    /// nothing here. False where it can't be told without the record's other observations.
    /// </summary>
    public bool Repeats(Observation observation) => Current.Any(v =>
        v.Last.Revision == observation.Revision
        && LineageOrder.Compare(v.Last.Lineage, observation.Lineage) < 0
        && v.ContentKey == Content.KeyOf(observation));

    /// <summary>A deletion repeats the last counter of the record that it ends: at one counter it is the later word.</summary>
    private static bool Ends(Observation deletion, Observation last) =>
        deletion.Withdrawn && !last.Withdrawn && deletion.Revision.Counter is { } counter && counter == last.Revision.Counter;

    private static bool IsSkewed(Observation observation, TimeSpan allowance) =>
        observation.Revision.Time is { } time && time - observation.Lineage.ExtractedAt > allowance;

    /// <summary>One point per (revision, content): of redeliveries and re-reads of one revision the first extraction stays.</summary>
    private static List<Point> Distinct(IReadOnlyCollection<Observation> observations)
    {
        var points = new Dictionary<(string, string?, DateTimeOffset?), Point>(observations.Count);
        foreach (Observation observation in LatestMappings(observations))
        {
            string key = Content.KeyOf(observation);
            (string, string?, DateTimeOffset?) id = (key, observation.Revision.Counter, observation.Revision.Time);
            if (!points.TryGetValue(id, out Point kept)
                || LineageOrder.Compare(observation.Lineage, kept.Observation.Lineage) < 0)
            {
                points[id] = new Point(observation, key);
            }
        }

        return [.. points.Values];
    }

    internal static IEnumerable<Observation> LatestMappings(IReadOnlyCollection<Observation> observations)
    {
        bool single = observations.Select(o => o.Lineage.MappingVersion).Distinct().Take(2).Count() == 1;
        return single
            ? observations
            : observations
                .GroupBy(o => (o.Lineage.Format, o.Lineage.NotificationSha256, o.Lineage.ItemIndex))
                .SelectMany(g => g.Where(o => o.Lineage.MappingVersion == g.Max(x => x.Lineage.MappingVersion)));
    }

    /// <summary>The points that nothing outdates. Only the newest few can be among them, so it walks from the end.</summary>
    private static List<Point> Front(List<Point> sorted, TimeSpan resolution)
    {
        var front = new List<Point>();
        for (int i = sorted.Count - 1; i >= 0; i--)
        {
            Point point = sorted[i];
            if (!front.Exists(f => RevisionOrder.Outdates(f.Observation.Revision, point.Observation.Revision, resolution)))
            {
                front.RemoveAll(f => RevisionOrder.Outdates(point.Observation.Revision, f.Observation.Revision, resolution));
                front.Add(point);
            }
        }

        return front;
    }

    /// <summary>The run of one content up to its newest point: a tag that moved back begins a new run.</summary>
    private static RecordVersion Run(string key, List<Point> sorted, List<Point> newest)
    {
        int last = sorted.FindLastIndex(p => p.Key == key);
        int first = last;
        for (int i = last - 1; i >= 0; i--)
        {
            if (sorted[i].Key == key)
            {
                first = i;
            }
            else if (!newest.Contains(sorted[i]))
            {
                break;
            }
        }

        // Whoever states no time doesn't say since when: the first that does is shown.
        int dated = sorted.FindIndex(first, last - first + 1, p => p.Key == key && p.Observation.Revision.Time is not null);
        return new RecordVersion(key, sorted[dated < 0 ? first : dated].Observation, sorted[last].Observation);
    }

    private static HashSet<string> PastStatements(List<Point> sorted, List<RecordVersion> current)
    {
        var past = new HashSet<string>(StringComparer.Ordinal);
        foreach (Point point in sorted)
        {
            bool counts = current.Exists(v => v.ContentKey == point.Key
                && RevisionOrder.Compare(point.Observation, v.First) >= 0);
            if (!counts && Statement(point.Observation) is { } statement)
            {
                Remember(past, statement);
            }
        }

        return past;
    }

    private static string? Statement(Observation observation) => observation.Record.Kind switch
    {
        // Whoever states no time isn't known to have come before.
        RecordKind.RegistryTag when !observation.Withdrawn && observation.Revision.Time is not null =>
            observation.Subjects is [{ Digest: { } digest }, ..] ? digest.Text : null,
        RecordKind.ChangeRecord => ApprovalStatement(
            observation.Reading(Field.ApprovalTime)?.Single, observation.Reading(Field.ManifestDigest)?.Single),
        _ => null,
    };

    private static string? ApprovalStatement(string? approvalTime, string? digest) =>
        approvalTime is null || digest is null ? null : $"{approvalTime}@{digest}";

    private static void Remember(HashSet<string> past, string statement)
    {
        int at = statement.IndexOf('@', StringComparison.Ordinal);
        if (past.Add(statement) && at >= 0 && !past.Add($"{statement[..at]}@?"))
        {
            past.Add($"{statement[..at]}@*");
        }
    }

    private readonly record struct Point(Observation Observation, string Key);
}

/// <summary>One content that counts now, over the run of revisions that said it without a break.</summary>
/// <param name="ContentKey">The content's key.</param>
/// <param name="First">The first revision of the run: its time and lineage are shown.</param>
/// <param name="Last">The last revision of the run: it decided currency.</param>
public sealed record RecordVersion(string ContentKey, Observation First, Observation Last)
{
    /// <summary>
    /// The reading of a field and the observation that it is shown from: the run's first, unless only the last carries
    /// the field or the two differ. When something began is read from the first; how it is now, from the last.
    /// </summary>
    public (FieldReading Reading, Observation From)? Read(Field field)
    {
        FieldReading? first = First.Reading(field);
        if (ReferenceEquals(First, Last))
        {
            return first is null ? null : (first, First);
        }

        FieldReading? last = Last.Reading(field);
        if (last is null)
        {
            return first is null ? null : (first, First);
        }

        bool shownFromFirst = first is not null
            && (field == Field.PromotionTime || Content.SameValues(first.Values, last.Values));
        return shownFromFirst ? (first!, First) : (last, Last);
    }
}
