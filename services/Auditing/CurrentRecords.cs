using System.Globalization;
using System.Text.RegularExpressions;
using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Auditing;

/// <summary>The records of all items, each with what it says now, found by the tuple or digest that they name.</summary>
internal sealed class CurrentRecords
{
    private readonly AuditRules _rules;
    private readonly Regex? _predicateTypes;
    private readonly Regex? _signers;
    private readonly Dictionary<SourceRecord, Standing> _standings = [];
    private readonly Dictionary<string, List<Standing>> _byTuple = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<Standing>> _entriesByDigest = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<string>> _payloadsOf = new(StringComparer.Ordinal);
    private readonly Dictionary<string, HashSet<string>> _indexesOf = new(StringComparer.Ordinal);
    private readonly HashSet<(string Instance, string What)> _deleted = [];
    private readonly HashSet<(string Tuple, Source Source)> _inDoubt = [];
    private readonly Dictionary<string, HashSet<string>> _namedByGoneTags = new(StringComparer.Ordinal);

    /// <param name="rules">What the policy hears.</param>
    /// <param name="items">The items, walked twice.</param>
    public CurrentRecords(AuditRules rules, IReadOnlyCollection<Observation> items)
    {
        _rules = rules;
        _predicateTypes = rules.PredicateTypes.Contains("**") ? null : Pattern(rules.PredicateTypes);
        _signers = rules.Signers.Count == 0 ? null : Pattern(rules.Signers);
        foreach (Observation item in items)
        {
            if (!_standings.TryGetValue(item.Record, out Standing? standing))
            {
                _standings[item.Record] = standing = new Standing();
            }

            standing.Add(item, rules.SkewAllowance);
            IndexChildren(item);
        }

        foreach (Standing standing in _standings.Values)
        {
            Index(standing);
        }

        // Where one record of several is in doubt, so is which of them is the latest.
        foreach (Observation item in items.Where(i => _standings[i.Record].Last is null))
        {
            _inDoubt.UnionWith(item.Subjects
                .Where(s => s.Image is { Tag: not null })
                .Select(s => (Canonical(s.Image!).ToString(), item.Record.Source)));
        }
    }

    /// <summary>Whether the index lists the child.</summary>
    public bool IsChild(string index, string child) => _indexesOf.TryGetValue(child, out HashSet<string>? indexes) && indexes.Contains(index);

    /// <summary>Whether an index lists both.</summary>
    public bool AreSiblings(string a, string b) => _indexesOf.TryGetValue(a, out HashSet<string>? indexes) && indexes.Any(i => IsChild(i, b));

    /// <summary>What every source states about the tuple now.</summary>
    public IEnumerable<Statement> Of(ImageReference tuple)
    {
        List<Standing> named = _byTuple.GetValueOrDefault(tuple.ToString()) ?? [];
        var statements = new List<Statement>();
        HashSet<string> registryNow = [];
        HashSet<string> registryBefore = [];
        foreach (Standing tag in named.Where(s => s.Last!.Record.Kind == RecordKind.RegistryTag && !IsDeleted(s.Last)))
        {
            registryNow.Add(tag.Last!.Subjects[0].Digest?.Text ?? "");
            registryBefore.UnionWith(tag.EarlierDigests);

            // Since when the tag names its digest is what its first revision with it says.
            statements.AddRange(Readings(tag.Last, tag.Last.Subjects[0].Digest?.Text)
                .Where(s => s.Field != Field.PromotionTime || !tag.Revised));
        }

        registryBefore.UnionWith(_namedByGoneTags.GetValueOrDefault(tuple.ToString()) ?? []);
        registryBefore.ExceptWith(registryNow);
        AddRuntime(named, _inDoubt.Contains((tuple.ToString(), Source.RuntimeValidation)), statements);
        if (!_inDoubt.Contains((tuple.ToString(), Source.ChangeSnapshot)))
        {
            AddSnapshots(named, statements);
        }

        if (!_inDoubt.Contains((tuple.ToString(), Source.SignatureLedger)) && !_inDoubt.Contains((tuple.ToString(), Source.ArtifactRegistry)))
        {
            AddClaims(named, tuple, registryBefore, statements);
        }

        AddEntries(tuple, statements);
        return statements;
    }

    private void Index(Standing standing)
    {
        if (standing.Last is not { } last)
        {
            return;
        }

        foreach (Subject subject in last.Subjects)
        {
            ImageReference? image = subject.Image is null ? null : Canonical(subject.Image);
            if (last.Withdrawn)
            {
                if (last.Record.Kind == RecordKind.RegistryTag && image is not null)
                {
                    // The tag is gone; which digests it left behind is still known.
                    _namedByGoneTags[image.ToString()] = [.. standing.EarlierDigests];
                }

                if (last.Record.Source == Source.ArtifactRegistry && image is not null)
                {
                    _deleted.Add((last.Record.Instance, last.Record.Kind == RecordKind.RegistryRepository ? image.Coordinates : subject.Digest?.Text ?? ""));
                }

                continue;
            }

            if (image?.Tag is not null)
            {
                Into(_byTuple, image.ToString()).Add(standing);
            }

            if (last.Record.Kind == RecordKind.LedgerEntry && subject.Digest is { } digest)
            {
                Into(_entriesByDigest, digest.Text).Add(standing);
            }

            // Of a ledger's records the child is what was signed.
            if (last.Record.Source != Source.ArtifactRegistry && image is not null && subject.Digest is not null)
            {
                Into(_payloadsOf, $"{image.Coordinates}@{subject.Digest}").AddRange(last.Children.Select(c => c.Text));
            }
        }
    }

    /// <summary>What an index lists follows from its digest: it holds whatever became of the record that said so.</summary>
    private void IndexChildren(Observation item)
    {
        if (item.Record.Source != Source.ArtifactRegistry)
        {
            return;
        }

        foreach (Digest index in item.Subjects.Select(s => s.Digest).OfType<Digest>())
        {
            foreach (Digest child in item.Children)
            {
                _indexesOf.TryAdd(child.Text, []);
                _indexesOf[child.Text].Add(index.Text);
            }
        }
    }

    /// <summary>A manifest or repository that was deleted, whenever: its tags are in doubt.</summary>
    private bool IsDeleted(Observation tag) =>
        _deleted.Contains((tag.Record.Instance, tag.Subjects[0].Digest?.Text ?? ""))
        || (tag.Subjects[0].Image is { } image && _deleted.Contains((tag.Record.Instance, Canonical(image).Coordinates)));

    private static void AddSnapshots(List<Standing> named, List<Statement> statements)
    {
        List<Observation> approved = [.. named.Select(s => s.Last!).Where(o => o.Approval == Approval.Approved && o.Record.Kind == RecordKind.ChangeRecord)];
        DateTimeOffset? latest = approved.Max(ApprovalTime);
        foreach (Observation change in approved.Where(c => ApprovalTime(c) == latest))
        {
            statements.AddRange(Readings(change, Value(change, Field.ManifestDigest)));
        }
    }

    /// <summary>
    /// What runs, and what was admitted: a decision is never taken back, only followed, so that of a cluster's decisions the latest one is
    /// a statement, and none where one is in doubt or says no time.
    /// </summary>
    private static void AddRuntime(List<Standing> named, bool inDoubt, List<Statement> statements)
    {
        List<Observation> runtime = [.. named.Select(s => s.Last!).Where(o => o.Record.Source == Source.RuntimeValidation)];
        List<Observation> decisions = runtime.FindAll(o => o.Record.Kind == RecordKind.AdmissionDecision);
        foreach (Observation followed in decisions.Where(o => decisions.Exists(d => d.Record.Instance == o.Record.Instance
            && d.Record != o.Record && (inDoubt || d.Revision.Time is null || !(o.Revision.Time >= d.Revision.Time)))))
        {
            runtime.Remove(followed);
        }

        foreach (Observation container in runtime)
        {
            FieldReading? observed = container.Fields.FirstOrDefault(f => f.Field == Field.ObservedDigest);
            string? digest = observed is { DigestKind: not DigestKind.Config } ? observed.Single : null;
            statements.AddRange(Readings(container, digest));
            if (digest is not null)
            {
                statements.Add(new Statement(Field.ManifestDigest, Source.RuntimeValidation, digest, [digest]));
                statements.Add(new Statement(Field.TagToDigest, Source.RuntimeValidation, digest, [digest]));
            }
        }
    }

    /// <summary>Of the entries that claim the tag for a digest only the latest counts, and none whose digest the tag left behind.</summary>
    private void AddClaims(List<Standing> named, ImageReference tuple, HashSet<string> registryBefore, List<Statement> statements)
    {
        List<Observation> claims = [.. named.Select(s => s.Last!).Where(o => o.Record.Kind == RecordKind.LedgerEntry && Counts(o))];
        DateTimeOffset? latest = claims.Max(ClaimTime);
        foreach (Observation claim in claims.Where(c => ClaimTime(c) == latest))
        {
            foreach (string digest in claim.Subjects
                .Where(s => s.Image is { Tag: not null } && Canonical(s.Image) == tuple && s.Digest is not null)
                .Select(s => s.Digest!.Value.Text)
                .Where(d => !registryBefore.Contains(d)))
            {
                statements.Add(new Statement(Field.ManifestDigest, Source.SignatureLedger, digest, [digest]));
                statements.Add(new Statement(Field.TagToDigest, Source.SignatureLedger, digest, [digest]));
            }
        }
    }

    private void AddEntries(ImageReference tuple, List<Statement> statements)
    {
        foreach (string digest in statements.Where(s => s.Field == Field.ManifestDigest && s.Values.Count == 1).Select(s => s.Values[0]).Distinct().ToList())
        {
            string[] signed = [digest, .. _payloadsOf.GetValueOrDefault($"{tuple.Coordinates}@{digest}") ?? []];
            foreach (Observation entry in signed.SelectMany(d => _entriesByDigest.GetValueOrDefault(d) ?? []).Select(s => s.Last!).Distinct().Where(Counts))
            {
                bool bound = entry.Subjects.Any(s => s.Digest?.Text == digest
                    ? s.Image is null || Canonical(s.Image).Coordinates == tuple.Coordinates
                    : s.Image is null && signed.Contains(s.Digest?.Text));
                if (bound)
                {
                    statements.AddRange(Readings(entry, digest));
                }
            }
        }
    }

    private bool Counts(Observation entry) =>
        _predicateTypes?.IsMatch(entry.PredicateType ?? "message-signature") != false
        && (_signers is null || entry.Fields.Any(f => f.Field is Field.SignerIdentity or Field.SignerKeyId && f.Values.Any(_signers.IsMatch)));

    private ImageReference Canonical(ImageReference image)
    {
        foreach ((string from, string to) in _rules.Aliases)
        {
            if (image.Coordinates.StartsWith(from + "/", StringComparison.Ordinal))
            {
                string[] parts = (to + image.Coordinates[from.Length..]).Split('/', 2);
                return new ImageReference(parts[0], parts[1], image.Tag);
            }
        }

        return image;
    }

    private static IEnumerable<Statement> Readings(Observation observation, string? about) => observation.Fields
        .Where(f => f.Unreadable is null && f.DigestKind != DigestKind.Config)
        .Select(f => new Statement(f.Field, observation.Record.Source, about, f.Values));

    private static string? Value(Observation observation, Field field) => observation.Fields.FirstOrDefault(f => f.Field == field)?.Single;

    private static DateTimeOffset? ApprovalTime(Observation change) =>
        DateTimeOffset.TryParse(Value(change, Field.ApprovalTime), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time)
            ? time
            : change.Revision.Time;

    private static DateTimeOffset? ClaimTime(Observation claim) => claim.SigningTime ?? claim.Revision.Time;

    private static Regex Pattern(IEnumerable<string> patterns) => new(
        string.Join('|', patterns.Select(p => "^" + Regex.Escape(p).Replace(@"\*\*", ".*", StringComparison.Ordinal).Replace(@"\*", "[^/]*", StringComparison.Ordinal) + "$")),
        RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);

    private static List<T> Into<T>(Dictionary<string, List<T>> map, string key)
    {
        if (!map.TryGetValue(key, out List<T>? known))
        {
            map[key] = known = [];
        }

        return known;
    }
}
