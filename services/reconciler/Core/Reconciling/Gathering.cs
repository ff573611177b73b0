using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Core;

/// <summary>Collects the candidates of one field from what counts now.</summary>
internal static class Gathering
{
    internal static List<Candidate> Candidates(Field field, CurrentView view, FieldPolicy policy)
    {
        var candidates = new List<Candidate>(6);
        if (Hears(policy, Source.ArtifactRegistry))
        {
            FromRegistry(field, view, candidates);
        }

        if (Hears(policy, Source.SignatureLedger))
        {
            FromLedger(field, view, candidates);
        }

        if (Hears(policy, Source.ChangeSnapshot))
        {
            foreach (RecordVersion version in view.Snapshots)
            {
                Add(candidates, view, version, field, ApprovedDigest(version));
            }
        }

        if (Hears(policy, Source.RuntimeValidation))
        {
            FromRuntime(field, view, candidates);
        }

        FromSkewed(field, view, policy, candidates);
        return candidates;
    }

    /// <summary>The digest that a change record approves, where it names a readable one.</summary>
    internal static Digest? ApprovedDigest(RecordVersion change) => DigestIn(change, Field.ManifestDigest);

    /// <summary>The digest that a container was observed to run, where readable.</summary>
    internal static Digest? ObservedDigest(RecordVersion container) =>
        DigestIn(container, Field.ObservedDigest)
        ?? (container.Last.Subjects is [{ Digest: { } digest, DigestKind: not DigestKind.Config }, ..] ? digest : null);

    private static Digest? DigestIn(RecordVersion version, Field field) =>
        version.Read(field) is { Reading: { Single: { } text, DigestKind: not DigestKind.Config } }
            && Digest.TryParse(text, out Digest digest) ? digest : null;

    private static bool Hears(FieldPolicy policy, Source source) =>
        policy.Authority == source || policy.Confirmers.Contains(source);

    private static void FromRegistry(Field field, CurrentView view, List<Candidate> candidates)
    {
        foreach (RecordVersion version in view.Registry)
        {
            Add(candidates, view, version, field, TagDigest(version));
        }

        if (field is Field.ManifestDigest or Field.TagToDigest)
        {
            foreach (RecordVersion version in view.Gone)
            {
                candidates.Add(Gone(view, version, version.Last.Subjects is [var subject, ..] ? subject : null));
            }
        }
    }

    private static Digest? TagDigest(RecordVersion tag) =>
        tag.Last.Subjects is [{ Digest: { } digest }, ..] ? digest : null;

    private static void FromLedger(Field field, CurrentView view, List<Candidate> candidates)
    {
        if (field is not (Field.ManifestDigest or Field.TagToDigest))
        {
            foreach ((RecordVersion version, Digest digest) in view.Entries)
            {
                Add(candidates, view, version, field, digest);
            }

            return;
        }

        foreach ((RecordVersion version, Subject subject) in view.Claims)
        {
            candidates.Add(new Candidate
            {
                Values = [subject.Digest!.Value.Text],
                About = subject.Digest,
                Observation = version.First,
                Place = subject.Place,
                FromAuthoritativeInstance = view.IsAuthoritative(version.First),
                DigestKind = subject.DigestKind,
            });
        }

        foreach ((RecordVersion version, Subject subject) in view.WithdrawnClaims)
        {
            candidates.Add(Gone(view, version, subject));
        }
    }

    /// <summary>A cluster's live containers are one candidate per distinct value, shown from the first lineage.</summary>
    private static void FromRuntime(Field field, CurrentView view, List<Candidate> candidates)
    {
        int start = candidates.Count;
        foreach (RecordVersion version in view.Runtime)
        {
            Field from = FieldCatalogue.ReadFrom(field, Source.RuntimeValidation);
            if (field == Field.TagToDigest && version.Last.Subjects is not [{ Image.Tag: not null }, ..])
            {
                continue;
            }

            int before = candidates.Count;
            Add(candidates, view, version, from, ObservedDigest(version));
            if (candidates.Count > before)
            {
                MergeEqual(candidates, start, field);
            }
        }
    }

    private static void MergeEqual(List<Candidate> candidates, int start, Field field)
    {
        Candidate added = candidates[^1];
        for (int i = start; i < candidates.Count - 1; i++)
        {
            Candidate known = candidates[i];
            bool equal = known.Observation.Record.Instance == added.Observation.Record.Instance
                && known.Outcome == added.Outcome && known.About == added.About
                && (field == Field.ObservationTime || Content.SameValues(known.Values, added.Values));
            if (equal)
            {
                int later = field == Field.ObservationTime ? Instants.Compare(added.Values, known.Values) : 0;
                bool addedIsShown = later > 0
                    || (later == 0 && LineageOrder.Compare(added.Observation.Lineage, known.Observation.Lineage) < 0);
                candidates[i] = addedIsShown ? added : known;
                candidates.RemoveAt(candidates.Count - 1);
                return;
            }
        }
    }

    private static void FromSkewed(Field field, CurrentView view, FieldPolicy policy, List<Candidate> candidates)
    {
        foreach (Observation observation in view.Skewed)
        {
            Field from = FieldCatalogue.ReadFrom(field, observation.Record.Source);
            if (Hears(policy, observation.Record.Source) && observation.Reading(from) is { } reading)
            {
                // What nobody could compare contradicts nobody, from whatever time it comes.
                candidates.Add(reading.DigestKind == DigestKind.Config
                    ? Make(view, reading, observation, null, CandidateOutcome.Incomparable, Whys.ConfigDigest)
                    : Make(view, reading, observation, null, CandidateOutcome.Skewed, Whys.Skewed));
            }
        }
    }

    private static void Add(List<Candidate> candidates, CurrentView view, RecordVersion version, Field field, Digest? about)
    {
        if (version.Read(field) is not var (reading, from))
        {
            return;
        }

        bool incomparable = reading.DigestKind == DigestKind.Config;
        candidates.Add(reading.Unreadable is not null
            ? Make(view, reading, from, about, CandidateOutcome.Unreadable, reading.Unreadable)
            : incomparable
                ? Make(view, reading, from, about, CandidateOutcome.Incomparable, Whys.ConfigDigest)
                : Make(view, reading, from, about, CandidateOutcome.Contested, Whys.Contested));
    }

    private static Candidate Make(
        CurrentView view, FieldReading reading, Observation from, Digest? about, CandidateOutcome outcome, string why) => new()
    {
        Values = view.Canonical(reading),
        About = about,
        Observation = from,
        Place = reading.Place,
        Raw = reading.Raw,
        FromAuthoritativeInstance = view.IsAuthoritative(from),
        DigestKind = reading.DigestKind,
        Outcome = outcome,
        Why = why,
    };

    private static Candidate Gone(CurrentView view, RecordVersion version, Subject? subject) => new()
    {
        Values = subject?.Digest is { } digest ? [digest.Text] : [],
        About = subject?.Digest,
        Observation = version.Last,
        Place = subject?.Place ?? Place.At(""),
        FromAuthoritativeInstance = view.IsAuthoritative(version.Last),
        Outcome = CandidateOutcome.Withdrawn,
        Why = Whys.Withdrawn,
    };
}
