using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Core;

/// <summary>
/// What counts now for one tuple, source by source: currency across records, after currency within each
/// (<see cref="RecordHistory"/>).
/// </summary>
internal sealed partial class CurrentView
{
    private readonly ImageReference _tuple;
    private readonly Policy _policy;
    private readonly List<RecordVersion> _allClaims = [];
    private readonly List<(RecordVersion Version, Digest Digest)> _tombstones = [];
    private readonly List<RecordVersion> _repositoryTombstones = [];

    internal CurrentView(TupleEvidence evidence, Policy policy)
    {
        _tuple = evidence.Tuple;
        _policy = policy;
        Evidence = evidence;
        RecordHistory[] records = InOrder(evidence.Records);
        Array.ForEach(records, NotePayloads);
        Array.ForEach(records, Sort);

        Bury();
        KeepLatestDecisions();
        Claims = CurrentClaims();
        Snapshots = CurrentSnapshots();
    }

    internal TupleEvidence Evidence { get; }

    /// <summary>Current tag versions at the registry instances, tombstoned ones left out.</summary>
    internal List<RecordVersion> Registry { get; } = [];

    /// <summary>Tag versions that are gone: deleted themselves, or with their manifest or repository.</summary>
    internal List<RecordVersion> Gone { get; } = [];

    /// <summary>Current tagged claims, with the digest that each claims for this tuple.</summary>
    internal List<(RecordVersion Version, Subject Subject)> Claims { get; }

    /// <summary>Tagged claims withdrawn at their source.</summary>
    internal List<(RecordVersion Version, Subject Subject)> WithdrawnClaims { get; } = [];

    /// <summary>Current, selected ledger entries bound to the tuple, one per covered digest.</summary>
    internal List<(RecordVersion Version, Digest Digest)> Entries { get; } = [];

    /// <summary>The current snapshot: one version, or several that can't be told apart, then other instances' for confirming.</summary>
    internal List<RecordVersion> Snapshots { get; }

    /// <summary>Live containers and admission decisions.</summary>
    internal List<RecordVersion> Runtime { get; } = [];

    /// <summary>Skewed observations, of any source.</summary>
    internal List<Observation> Skewed { get; } = [];

    /// <summary>A change record or a tagged claim names the tuple.</summary>
    internal bool Named { get; private set; }

    /// <summary>Index digest → its children, as far as the evidence proves them.</summary>
    private Dictionary<Digest, IReadOnlyList<Digest>> Indexes { get; } = [];

    /// <summary>Digest of a payload → the image that it names: what is signed under the one is about the other.</summary>
    private Dictionary<Digest, Digest> Payloads { get; } = [];

    private List<RecordVersion> ApprovedChanges { get; } = [];

    /// <summary>Whether a selected current entry covers the digest.</summary>
    internal bool IsSigned(Digest digest)
    {
        foreach ((_, Digest covered) in Entries)
        {
            if (covered == digest)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// Since when a registry tag of the tuple names the digest, the authoritative instances' tags before the others'; of
    /// several the greatest. Null when none does or no time is known.
    /// </summary>
    internal DateTimeOffset? NamedSince(Digest digest)
    {
        DateTimeOffset? authoritative = null;
        DateTimeOffset? other = null;
        foreach (RecordVersion tag in Registry)
        {
            if (tag.Last.Subjects is [{ Digest: { } named }, ..] && named == digest && tag.First.Revision.Time is { } since)
            {
                ref DateTimeOffset? greatest = ref (IsAuthoritative(tag.Last) ? ref authoritative : ref other);
                greatest = greatest >= since ? greatest : since;
            }
        }

        return authoritative ?? other;
    }

    /// <summary>Whether <paramref name="child"/> is listed by the index <paramref name="parent"/>.</summary>
    internal bool IsChild(Digest parent, Digest child) =>
        Indexes.TryGetValue(parent, out IReadOnlyList<Digest>? children) && children.Contains(child);

    /// <summary>
    /// Whether all of them are one index or manifests that it lists: one image, of which one runtime reports the index and
    /// another the manifest of its platform.
    /// </summary>
    internal bool AreOneImage(IReadOnlyCollection<Digest> digests)
    {
        foreach ((Digest index, IReadOnlyList<Digest> children) in Indexes)
        {
            if (digests.All(d => d == index || children.Contains(d)))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether the instance that a record comes from is authoritative among those of its source.</summary>
    internal bool IsAuthoritative(Observation observation)
    {
        if (_policy.AuthoritativeInstances.TryGetValue(observation.Record.Source, out IReadOnlySet<string>? named))
        {
            return named.Contains(observation.Record.Instance);
        }

        return observation.Record.Source != Source.ArtifactRegistry
            || observation.Subjects is [{ Image: { } image }, ..] && image.Registry == _tuple.Registry && image.Repository == _tuple.Repository;
    }

    /// <summary>The values of a reading, with coordinates under the policy's aliases.</summary>
    internal IReadOnlyList<string> Canonical(FieldReading reading)
    {
        bool coordinates = reading.Field is Field.Repository or Field.ApprovedTuple && _policy.Aliases.Count > 0;
        if (!coordinates || reading.Values is not [var text]
            || !ImageReference.TryParse(text, out ImageReference? image, out Digest? digest, hostRequired: true))
        {
            return reading.Values;
        }

        ImageReference canonical = _policy.Canonical(image!);
        return [digest is null ? canonical.ToString() : $"{canonical}@{digest}"];
    }

    /// <summary>A fixed order, so that nothing downstream can depend on how the records were found.</summary>
    private static RecordHistory[] InOrder(IReadOnlyList<RecordHistory> records)
    {
        RecordHistory[] ordered = [.. records];
        Array.Sort(ordered, static (a, b) =>
        {
            int order = a.Record.Source.CompareTo(b.Record.Source);
            order = order != 0 ? order : a.Record.Kind.CompareTo(b.Record.Kind);
            order = order != 0 ? order : string.CompareOrdinal(a.Record.Instance, b.Record.Instance);
            return order != 0 ? order : string.CompareOrdinal(a.Record.Id, b.Record.Id);
        });
        return ordered;
    }

    private void Sort(RecordHistory history)
    {
        Skewed.AddRange(history.Skewed.Where(o => Concerns(o)));
        foreach (RecordVersion version in history.Current)
        {
            Observation now = version.Last;
            switch (now.Record.Kind)
            {
                case RecordKind.RegistryTag:
                    (now.Withdrawn ? Gone : Registry).Add(version);
                    NoteChildren(now);
                    break;
                case RecordKind.RegistryManifest:
                    if (now.Withdrawn && now.Subjects is [{ Digest: { } deleted }, ..])
                    {
                        _tombstones.Add((version, deleted));
                    }

                    NoteChildren(now);
                    break;
                case RecordKind.RegistryRepository when now.Withdrawn:
                    _repositoryTombstones.Add(version);
                    break;
                case RecordKind.LedgerEntry:
                    SortEntry(version, history);
                    break;
                // A change that was moved to another artifact, a container that runs another image now: bound by what they
                // said before, but no longer speaking about this tuple.
                case RecordKind.ChangeRecord or RecordKind.Container or RecordKind.AdmissionDecision when !Concerns(now):
                    break;
                case RecordKind.ChangeRecord:
                    Named = true;
                    if (!now.Withdrawn && now.Approval == Approval.Approved)
                    {
                        ApprovedChanges.Add(version);
                    }

                    break;
                case RecordKind.Container or RecordKind.AdmissionDecision when !now.Withdrawn:
                    Runtime.Add(version);
                    break;
            }
        }
    }

    private bool Concerns(Observation observation)
    {
        if (observation.Record.Kind is RecordKind.RegistryManifest or RecordKind.RegistryRepository or RecordKind.SignedPayload)
        {
            return false;
        }

        foreach (Subject subject in observation.Subjects)
        {
            if (subject.Image is not { Tag: not null } image || _policy.Canonical(image) == _tuple)
            {
                return true;
            }
        }

        return false;
    }

    private void NoteChildren(Observation observation)
    {
        if (observation is { Children.Count: > 0, Withdrawn: false, Subjects: [{ Digest: { } index }, ..] })
        {
            Indexes[index] = Indexes.TryGetValue(index, out IReadOnlyList<Digest>? known)
                ? [.. known.Union(observation.Children)]
                : observation.Children;
        }
    }

    private void NotePayloads(RecordHistory history)
    {
        foreach (RecordVersion version in history.Current)
        {
            if (version.Last is { Record.Kind: RecordKind.SignedPayload or RecordKind.LedgerEntry, Withdrawn: false, Subjects: [{ Digest: { } named }, ..] } now)
            {
                foreach (Digest payload in now.Children)
                {
                    Payloads[payload] = named;
                }
            }
        }
    }

    private void SortEntry(RecordVersion version, RecordHistory history)
    {
        foreach (Subject subject in version.Last.Subjects)
        {
            bool claims = subject is { Image: { Tag: not null } image, Digest: not null } && _policy.Canonical(image) == _tuple;
            Named |= claims;
            if (version.Last.Withdrawn)
            {
                if (claims)
                {
                    WithdrawnClaims.Add((version, subject));
                }
            }
            else if (subject.Digest is { } signed && _policy.Entries.Selects(version.Last)
                && (subject.Image is null || _policy.Canonical(subject.Image).Coordinates == _tuple.Coordinates))
            {
                Entries.Add((version, subject.Image is null ? Payloads.GetValueOrDefault(signed, signed) : signed));
                if (claims && !_allClaims.Contains(version))
                {
                    _allClaims.Add(version);
                }
            }
        }
    }

    /// <summary>Deletions of a manifest or a whole repository take the tags that named it then along.</summary>
    private void Bury()
    {
        for (int i = Registry.Count - 1; i >= 0; i--)
        {
            RecordVersion version = Registry[i];
            Digest? digest = version.Last.Subjects is [{ Digest: { } d }, ..] ? d : null;
            bool buried = _tombstones.Exists(t => t.Digest == digest && Covers(t.Version, version))
                || _repositoryTombstones.Exists(t => Covers(t, version));
            if (buried)
            {
                Registry.RemoveAt(i);
                Gone.Add(version);
            }
        }
    }

    /// <summary>
    /// An admission decision is never taken back, only followed: of a cluster's decisions the latest count.
    /// </summary>
    private void KeepLatestDecisions()
    {
        List<RecordVersion> decisions = Runtime.FindAll(v => v.Last.Record.Kind == RecordKind.AdmissionDecision);
        TimeSpan resolution = _policy.ClockResolution[Source.RuntimeValidation];
        Runtime.RemoveAll(v => v.Last.Record.Kind == RecordKind.AdmissionDecision
            && decisions.Exists(d => d.Last.Record.Instance == v.Last.Record.Instance
                && RevisionOrder.IsLaterByClock(d.Last.Revision, v.Last.Revision, resolution)));
    }

    private static bool Covers(RecordVersion tombstone, RecordVersion tag) =>
        tombstone.Last.Record.Instance == tag.Last.Record.Instance
        && (tombstone.Last.Revision.Time is not { } deleted || !(tag.Last.Revision.Time > deleted));
}
