using System.Globalization;
using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Worlds;

/// <summary>
/// A steward who knows every record, in its true order, as far as it was told by an instant, and decides by the domain's rules of
/// precedence. Written from those rules and from nothing of the engine, so that a difference between the two is a finding.
/// </summary>
internal sealed class Steward(KnownArtifact known, DateTimeOffset at)
{
    private static readonly Field[] Lineage =
    [
        Field.SignatureEnvelopeId, Field.SignerIdentity, Field.SignerKeyId, Field.CertificateFingerprint,
        Field.CertificateLineage, Field.AttestationBundle, Field.LedgerWriteTime,
    ];

    private HashSet<string>? _inPlay;

    /// <summary>The verdict on every field.</summary>
    public IReadOnlyDictionary<Field, Verdict> Decide()
    {
        var verdicts = new Dictionary<Field, Verdict>();
        Verdict digest = Identity(Field.ManifestDigest);
        Digest? chosen = digest is { Stand: Stand.Accept, Values: [var text] } ? Digest.Parse(text) : null;
        verdicts[Field.ManifestDigest] = digest;
        verdicts[Field.TagToDigest] = Identity(Field.TagToDigest);
        foreach (Field field in Enum.GetValues<Field>().Where(f => !verdicts.ContainsKey(f)).ToArray())
        {
            verdicts[field] = field switch
            {
                Field.PromotionTime or Field.ActiveTags => Dependent(field, digest) ?? Stated(field, Source.ArtifactRegistry),
                Field.ApprovedTuple or Field.ApprovalTime => Dependent(field, digest) ?? Unless(field, Source.ChangeSnapshot, Approval(field, chosen)),
                Field.Repository => Repository(),
                Field.ObservedDigest => Unless(field, Source.RuntimeValidation, Observed()),
                Field.ObservedEnvelopeId => Unless(field, Source.RuntimeValidation, ObservedEnvelope()),
                Field.AdmissionCheck => Stated(field, Source.RuntimeValidation),
                Field.ClusterId => Unless(field, Source.RuntimeValidation, Union(known.Words(field))),
                Field.ObservationTime => Unless(field, Source.RuntimeValidation, Latest(known.Words(field))),
                _ when Lineage.Contains(field) => Dependent(field, digest) ?? SignatureLineage(field, chosen),
                _ => Stated(field, Source.ChangeSnapshot),
            };
        }

        return verdicts;
    }

    /// <summary>The registry's word, unless a claim contradicts it, or anybody else while no entry signs it.</summary>
    private Verdict Identity(Field field)
    {
        List<Word> words = known.Words(field);
        List<Word> own = words.FindAll(w => w.Source == Source.ArtifactRegistry);
        List<Word> others = words.FindAll(w => w.Source != Source.ArtifactRegistry);
        bool skewed = known.IsAhead(Field.ManifestDigest, Source.ArtifactRegistry, own);
        if (own.Count == 0)
        {
            return skewed ? Refuse("clock-skew") : others.Count == 0 ? Verdict.Silent : Overdue(field, words) ? Refuse("authority-missing") : Wait("authority-missing");
        }

        if (own.Exists(w => w.About != own[0].About))
        {
            return Overdue(field, words) ? Refuse("authority-conflict") : Wait("authority-conflict");
        }

        Digest registry = own[0].About!.Value;
        List<Word> differing = others.FindAll(w => w.Values[0] != registry.Text
            && !(w.Source == Source.RuntimeValidation && known.IsChild(registry, Digest.Parse(w.Values[0]))));
        bool claimed = differing.Exists(w => w.Source == Source.SignatureLedger);
        bool conflict = claimed || (differing.Count > 0 && !known.IsSigned(registry));
        if (!conflict && differing.Count == 0)
        {
            return skewed ? Refuse("clock-skew") : Verdict.Accept([registry.Text]);
        }

        string reason = skewed ? "clock-skew" : conflict ? "digest-identity-conflict" : "precedence";
        return skewed && !conflict ? Refuse("clock-skew")
            : !Overdue(field, words) ? Wait(reason)
            : conflict || skewed ? Refuse(reason)
            : Verdict.Accept([registry.Text], differ: true);
    }

    /// <summary>What depends on the digest shares its fate; null where the digest is decided.</summary>
    private Verdict? Dependent(Field field, Verdict digest)
    {
        if (digest.Stand is Stand.Accept or Stand.Silent)
        {
            return null;
        }

        HashSet<string> inPlay = InPlay();
        bool anybody = known.Words(field).Exists(w => w.Source != Source.SignatureLedger || inPlay.Contains(w.About?.Text ?? ""))
            || known.Skewed.Exists(s => s.Value(field) is not null);
        return !anybody ? Verdict.Silent : new Verdict(digest.Stand, [], false, digest.Because);
    }

    /// <summary>The digests that anybody stands for.</summary>
    private HashSet<string> InPlay() => _inPlay ??=
        [.. known.Words(Field.ManifestDigest).Select(w => w.Values[0]), .. known.Skewed.SelectMany(s => s.Value(Field.ManifestDigest) ?? s.Value(Field.ObservedDigest) ?? [])];

    /// <summary>The verdict, unless the authority speaks ahead of its time: nobody can tell then whether that counts.</summary>
    private Verdict Unless(Field field, Source authority, Verdict verdict) =>
        known.IsAhead(field, authority, known.Words(field).FindAll(w => w.Source == authority)) && verdict.Stand != Stand.Wait ? Refuse("clock-skew") : verdict;

    /// <summary>The ledger's word about the chosen digest; a copy of an older lineage is corrected once the digest is signed.</summary>
    private Verdict SignatureLineage(Field field, Digest? chosen)
    {
        List<Word> words = known.Words(field).FindAll(w => chosen is null || w.About is null || w.About == chosen
            || (w.Source == Source.RuntimeValidation && known.IsChild(chosen.Value, w.About.Value)));
        HashSet<string> inPlay = InPlay();
        List<Word> own = words.FindAll(w => w.Source == Source.SignatureLedger && inPlay.Contains(w.About!.Value.Text));
        List<Word> others = words.FindAll(w => w.Source != Source.SignatureLedger);
        if (own.Count == 0)
        {
            bool unsigned = chosen is { } digest && !known.IsSigned(digest);
            if (!unsigned && others.Count == 0)
            {
                return Verdict.Silent;
            }

            bool must = others.Count > 0 || field == Field.SignatureEnvelopeId;
            return !Overdue(field, words, unsigned ? NamedSince(chosen!.Value) : null) ? Wait("authority-missing")
                : must ? Refuse("authority-missing")
                : Verdict.Silent;
        }

        string[] union = [.. own.SelectMany(w => w.Values).Distinct().Order(StringComparer.Ordinal)];
        bool differ = others.Exists(w => !w.Values.All(union.Contains) && !IsOtherKind(w.Values, union));
        return !differ ? Verdict.Accept(union) : Overdue(field, words) ? Verdict.Accept(union, differ: true) : Wait("precedence");
    }

    /// <summary>What was approved, if it is the chosen digest, with a fingerprint of its entries and an approval that is new with it.</summary>
    private Verdict Approval(Field field, Digest? chosen)
    {
        List<Word> words = known.Words(field).FindAll(w => w.Source == Source.ChangeSnapshot);
        if (words.Count == 0)
        {
            return Verdict.Silent;
        }

        DateTimeOffset? since = null;
        bool mismatch = false;
        foreach ((Run run, KnownRecord record) in known.Snapshots.Where(s => s.Run.Last.Digest is not null))
        {
            Digest approved = run.Last.Digest!.Value;
            List<Run> entries = known.Entries.FindAll(e => e.Last.Digest == approved);
            DateTimeOffset? firstWrite = entries.Min(e => e.First.Time);
            bool strange = run.Value(Field.CertificateFingerprint) is ([var print], _) && entries.Count > 0
                && !entries.Exists(e => e.Value(Field.CertificateFingerprint) is (var prints, _) && prints.Contains(print));
            bool carried = run.Value(Field.ApprovalTime) is ([var time], _)
                && (record.Past.Any(p => p.Digest != approved && p.Value(Field.ApprovalTime) is [var before] && before == time) || Instant(time) < firstWrite);
            if (approved == chosen || chosen is null ? strange || carried : true)
            {
                mismatch = true;
                since = Max(since, run.First.Time, strange ? entries.Max(e => e.First.Time) : firstWrite, chosen is null ? null : NamedSince(chosen.Value));
            }
        }

        return !mismatch ? One(words, field)
            : Overdue(field, words, since) ? Refuse("snapshot-binding-mismatch")
            : Wait("snapshot-binding-mismatch");
    }

    private Verdict Repository()
    {
        List<Word> words = known.Words(Field.Repository);
        bool registry = words.Exists(w => w.Source == Source.ArtifactRegistry);
        return registry ? Verdict.Accept(words[0].Values)
            : known.IsAhead(Field.Repository, Source.ArtifactRegistry, []) ? Refuse("clock-skew")
            : words.Count == 0 ? Verdict.Silent
            : Overdue(Field.Repository, words) ? Refuse("authority-missing") : Wait("authority-missing");
    }

    /// <summary>An index and its platform manifests are one image, whichever of them a cluster reports.</summary>
    private Verdict Observed()
    {
        List<Word> words = known.Words(Field.ObservedDigest);
        return known.AreOneImage(words) ? Union(words) : One(words, Field.ObservedDigest);
    }

    /// <summary>Every envelope that was reported is one of an entry about what runs and what was approved.</summary>
    private Verdict ObservedEnvelope()
    {
        List<Word> words = known.Words(Field.ObservedEnvelopeId);
        foreach (Word word in words)
        {
            string[] approved = [.. known.Entries
                .Where(e => word.About is { } about && (e.Last.Digest == about || known.IsChild(e.Last.Digest!.Value, about))
                    && known.Snapshots.TrueForAll(s => s.Run.Last.Digest is null || s.Run.Last.Digest == e.Last.Digest))
                .SelectMany(e => e.Value(Field.SignatureEnvelopeId)?.Values ?? [])];
            if (!word.Values.All(approved.Contains) && !IsOtherKind(word.Values, approved))
            {
                return Overdue(Field.ObservedEnvelopeId, words) ? Refuse("runtime-unlinked") : Wait("runtime-unlinked");
            }
        }

        return Union(words);
    }

    private Verdict Stated(Field field, Source authority) => Unless(field, authority, One(known.Words(field).FindAll(w => w.Source == authority), field));

    private Verdict One(List<Word> words, Field field) =>
        words.Count == 0 ? Verdict.Silent
        : words.TrueForAll(w => w.Values.SequenceEqual(words[0].Values, StringComparer.Ordinal)) ? Verdict.Accept(words[0].Values)
        : Overdue(field, words) ? Refuse("authority-conflict") : Wait("authority-conflict");

    private static Verdict Union(List<Word> words) => words.Count == 0 ? Verdict.Silent : Verdict.Accept(words.SelectMany(w => w.Values));

    private static Verdict Latest(List<Word> words) => words.Count == 0 ? Verdict.Silent : Verdict.Accept(words.MaxBy(w => Instant(w.Values[0]))!.Values);

    /// <summary>
    /// The time to wait is over. It counts from the latest of the times at which each differing value was first stated.
    /// </summary>
    private bool Overdue(Field field, List<Word> words, DateTimeOffset? also = null)
    {
        DateTimeOffset? since = words
            .GroupBy(w => string.Join('\n', w.Values), StringComparer.Ordinal)
            .Max(g => g.Min(w => w.Since));
        since = Max(since, also);
        return since is not { } t0 || t0 + Allowances.Of(field) <= at;
    }

    private DateTimeOffset? NamedSince(Digest digest) =>
        known.Tags.Where(t => t.Last.Digest == digest).Max(t => t.First.Time);

    private static bool IsOtherKind(IReadOnlyList<string> ids, string[] known) => ids.Count > 0 && known.Length > 0
        && ids.All(id => Kind(id) is { } kind && !known.Any(k => Kind(k) is not { } other || other == kind));

    private static string? Kind(string id) => id.Split(':')[0] is "rekor" or "dsse-sha256" or "signature-sha256" or "manifest" ? id.Split(':')[0] : null;

    private static Verdict Refuse(string because) => new(Stand.Refuse, [], true, because);

    private static Verdict Wait(string because) => new(Stand.Wait, [], true, because);

    private static DateTimeOffset Instant(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);

    private static DateTimeOffset? Max(params ReadOnlySpan<DateTimeOffset?> instants)
    {
        DateTimeOffset? greatest = null;
        foreach (DateTimeOffset? instant in instants)
        {
            greatest = greatest >= instant ? greatest : instant ?? greatest;
        }

        return greatest;
    }
}
