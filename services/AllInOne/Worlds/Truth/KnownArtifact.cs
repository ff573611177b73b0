using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Worlds;

/// <summary>What one source says now about one field.</summary>
/// <param name="Source">The source.</param>
/// <param name="Values">The value.</param>
/// <param name="Since">Since when it says so; null where it states no time.</param>
/// <param name="About">The digest that it concerns.</param>
internal sealed record Word(Source Source, IReadOnlyList<string> Values, DateTimeOffset? Since, Digest? About);

/// <summary>All records about one artifact as far as they were told by an instant: who speaks now, and what he says.</summary>
internal sealed class KnownArtifact
{
    private readonly ImageReference _tuple;
    private readonly Dictionary<Digest, HashSet<Digest>> _children = [];
    private readonly Dictionary<Field, List<Word>> _words = [];
    private readonly HashSet<Digest> _named = [];
    private readonly HashSet<string> _tagPast = new(StringComparer.Ordinal);

    public KnownArtifact(ImageReference tuple, IReadOnlyList<KnownRecord> records)
    {
        _tuple = tuple;
        foreach (Statement named in records.SelectMany(r => r.All).Where(s => s.Image == tuple && s.Digest is not null))
        {
            _named.Add(named.Digest!.Value);
            _named.UnionWith(named.Children);
        }

        List<Run> deletions = [.. records.SelectMany(r => r.Now).Where(r => r.Last is { Kind: RecordKind.RegistryManifest, Withdrawn: true })];
        foreach (KnownRecord record in records)
        {
            Sort(record, deletions);
        }

        // A decision of admission is never taken back, only followed by the cluster's next one.
        List<Statement> decisions = [.. Running.Select(r => r.Run.Last).Where(s => s.Kind == RecordKind.AdmissionDecision)];
        Running.RemoveAll(r => r.Run.Last.Kind == RecordKind.AdmissionDecision
            && decisions.Exists(d => d.Instance == r.Run.Last.Instance && d.At > r.Run.Last.At));
        Snapshots = LatestSnapshots();
        Claims = LatestClaims();
    }

    /// <summary>Where the tag leads: one run, or several where nothing tells which.</summary>
    public List<Run> Tags { get; } = [];

    /// <summary>Statements that lie in the future of their reading.</summary>
    public List<Statement> Skewed { get; } = [];

    /// <summary>Entries of the ledger.</summary>
    public List<Run> Entries { get; } = [];

    /// <summary>Entries that say which digest the tag leads to, history left out.</summary>
    public List<Run> Claims { get; }

    /// <summary>The approved change that counts, and every revision that it had.</summary>
    public List<(Run Run, KnownRecord Record)> Snapshots { get; }

    /// <summary>What runs.</summary>
    public List<(Run Run, DateTimeOffset Heard)> Running { get; } = [];

    private List<(Run Run, KnownRecord Record)> Approved { get; } = [];

    /// <summary>Whether the second is a manifest of the first, an index.</summary>
    public bool IsChild(Digest index, Digest child) => _children.TryGetValue(index, out HashSet<Digest>? known) && known.Contains(child);

    /// <summary>Whether what they say are an index and its manifests.</summary>
    public bool AreOneImage(List<Word> words) => words.Count > 0 && _children.Any(i =>
        words.TrueForAll(w => w.Values[0] == i.Key.Text || i.Value.Contains(Digest.Parse(w.Values[0]))));

    /// <summary>Whether a ledger entry is about the digest.</summary>
    public bool IsSigned(Digest digest) => Entries.Exists(e => e.Last.Digest == digest);

    /// <summary>Whether the authority of a field says, ahead of its time, what it doesn't say now.</summary>
    public bool IsAhead(Field field, Source authority, List<Word> own) => Skewed.Exists(s => s.Source == authority
        && s.Value(field) is { } values && !own.Exists(w => w.Values.SequenceEqual(values, StringComparer.Ordinal)));

    /// <summary>What everybody says about a field, the authority of the field first.</summary>
    public List<Word> Words(Field field) => _words.TryGetValue(field, out List<Word>? known) ? known : _words[field] = Listen(field);

    private List<Word> Listen(Field field)
    {
        var words = new List<Word>();
        bool identity = field is Field.ManifestDigest or Field.TagToDigest;
        Add(words, Tags, field, r => r.Last.Digest);
        if (identity)
        {
            words.AddRange(Claims.Select(c => new Word(Source.SignatureLedger, [c.Last.Digest!.Value.Text], c.First.Time, c.Last.Digest)));
        }
        else
        {
            Add(words, Entries, field, r => r.Last.Digest);
        }

        Add(words, Snapshots.Select(s => s.Run), field, r => r.Last.Digest);
        AddRunning(words, field == Field.SignatureEnvelopeId ? Field.ObservedEnvelopeId : identity ? Field.ObservedDigest : field, field == Field.TagToDigest);
        return words;
    }

    private static void Add(List<Word> words, IEnumerable<Run> runs, Field field, Func<Run, Digest?> about)
    {
        foreach (Run run in runs)
        {
            if (run.Value(field) is var (values, since))
            {
                words.Add(new Word(run.Last.Source, values, since, about(run)));
            }
        }
    }

    /// <summary>Equal words of one cluster are one; it says so since the one that was heard first.</summary>
    private void AddRunning(List<Word> words, Field field, bool tagged)
    {
        foreach (IGrouping<string, (Run Run, DateTimeOffset Heard)> cluster in Running.GroupBy(r => r.Run.Last.Instance))
        {
            var said = new HashSet<string>(StringComparer.Ordinal);
            foreach ((Run run, _) in cluster.OrderBy(r => r.Heard))
            {
                bool speaks = run.Value(field) is not null && !(tagged && run.Last.Image?.Tag is null);
                if (speaks && run.Value(field) is var (values, since) && said.Add($"{run.Last.Digest}\n{string.Join('\n', values)}"))
                {
                    words.Add(new Word(Source.RuntimeValidation, values, since, run.Last.Digest));
                }
            }
        }
    }

    private void Sort(KnownRecord record, List<Run> deletions)
    {
        foreach (Run run in record.Now)
        {
            Statement now = run.Last;
            bool bound = now.Image == _tuple || (now.Digest is { } about && _named.Contains(about));
            foreach (Digest child in now.Digest is null || now.Withdrawn || !bound || now.Source != Source.ArtifactRegistry ? [] : now.Children)
            {
                _children.TryAdd(now.Digest!.Value, []);
                _children[now.Digest.Value].Add(child);
            }

            bool named = now.Image == _tuple || now.Image is null or { Tag: null };
            switch (now.Kind)
            {
                case RecordKind.RegistryTag when !now.Withdrawn && !deletions.Exists(d => d.Last.Digest == now.Digest && d.Last.At >= now.At):
                    Tags.Add(run);
                    break;
                case RecordKind.LedgerEntry when !now.Withdrawn && bound:
                    Entries.Add(run);
                    break;
                case RecordKind.ChangeRecord when !now.Withdrawn && now.Approved && named:
                    Approved.Add((run, record));
                    break;
                case RecordKind.Container or RecordKind.AdmissionDecision when !now.Withdrawn && named && bound:
                    Running.Add((run, record.Heard!.Value));
                    break;
            }

            if (now.Kind == RecordKind.RegistryTag)
            {
                _tagPast.UnionWith(record.Past.Where(s => s.Digest is not null && !s.Withdrawn).Select(s => s.Digest!.Value.Text));
            }
        }

        Skewed.AddRange(record.Skewed);
    }

    private List<(Run Run, KnownRecord Record)> LatestSnapshots()
    {
        DateTimeOffset? latest = Approved.Max(a => (DateTimeOffset?)ApprovedAt(a.Run));
        return Approved.FindAll(a => ApprovedAt(a.Run) == latest);
    }

    private static DateTimeOffset ApprovedAt(Run change) =>
        change.Value(Field.ApprovalTime) is ([var text], _) ? DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture) : change.Last.Time ?? DateTimeOffset.MinValue;

    /// <summary>A later claim of the same log makes the earlier ones history, and so does a registry that has moved on from their digest.</summary>
    private List<Run> LatestClaims() => Entries.FindAll(e => e.Last.Image == _tuple
        && !Entries.Exists(later => later.Last.Image == _tuple && later.Last.Instance == e.Last.Instance && later.Last.SignedAt > e.Last.SignedAt)
        && !(Tags.Count > 0 && !Tags.Exists(t => t.Last.Digest == e.Last.Digest) && _tagPast.Contains(e.Last.Digest!.Value.Text)));
}
