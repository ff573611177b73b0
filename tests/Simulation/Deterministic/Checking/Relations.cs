using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using ReleaseIntegrity.Contracts;
using ReleaseIntegrity.Contracts.Documents;
using ReleaseIntegrity.Core;
using ReleaseIntegrity.Handoff.Comparing;
using ReleaseIntegrity.Masking;
using ReleaseIntegrity.Simulation.Deterministic.Machinery;

namespace ReleaseIntegrity.Simulation.Deterministic.Checking;

/// <summary>
/// How results of related inputs relate, over the worlds of seeds: no expected value is needed, so any world will do. Each
/// relation says how it is broken, or null.
/// </summary>
public static class Relations
{
    private static readonly Policy Policy = Composition.Policy;
    private static readonly Masker Masker = new(TokenKey.Published);

    /// <summary>A source that is asked again and says the same changes no byte.</summary>
    public static string? Resync_changes_nothing(ulong seed)
    {
        (List<Observation> said, DateTimeOffset asOf) = World(seed);
        IEnumerable<Observation> again = said.Select(o => o with
        {
            Lineage = o.Lineage with { NotificationSha256 = Hash($"again {o.Lineage.NotificationSha256}"), ExtractedAt = asOf.AddMinutes(-1) },
        });
        return Difference(Ledgers(said, Policy, asOf), Ledgers([.. said, .. again], Policy, asOf), Bytes);
    }

    /// <summary>One more container that runs what is authoritative opens no hold.</summary>
    public static string? An_agreeing_record_opens_no_hold(ulong seed)
    {
        (List<Observation> said, DateTimeOffset asOf) = World(seed);
        var before = Ledgers(said, Policy, asOf);
        foreach ((ImageReference tuple, Reconciliation reconciliation) in before)
        {
            FieldEntry digest = reconciliation.Ledger.Fields[(int)Field.ManifestDigest];
            if (digest.Authoritative is not [var value] || said.Find(o => Runs(o, tuple, value)) is not { } running)
            {
                continue;
            }

            Observation agreeing = running with
            {
                Record = running.Record with { Id = $"{running.Record.Id}-again" },
                Lineage = running.Lineage with { NotificationSha256 = Hash($"agreeing {tuple}"), ItemIndex = 0 },
            };
            Reconciliation after = Ledgers([.. said, agreeing], Policy, asOf)[tuple];
            string[] opened = [.. Holds(after).Except(Holds(reconciliation))];
            if (opened.Length > 0)
            {
                return $"seed {seed}: {tuple} holds {string.Join(", ", opened)} because of a container that agrees";
            }
        }

        return null;
    }

    /// <summary>What rules are called decides nothing.</summary>
    public static string? Renamed_rules_decide_the_same(ulong seed)
    {
        (List<Observation> said, DateTimeOffset asOf) = World(seed);
        Policy renamed = Policy with
        {
            Fields = [.. Policy.Fields.Select(f => f with { Disagreements = [.. f.Disagreements.Select(r => r with { Name = $"renamed-{r.Name}" })] })],
        };
        return Difference(Ledgers(said, Policy, asOf), Ledgers(said, renamed, asOf), Decisions);
    }

    /// <summary>Two packages differ in the same fields and aspects before and after masking.</summary>
    public static string? Masking_commutes_with_comparing(ulong seed)
    {
        (List<Observation> said, DateTimeOffset asOf) = World(seed);
        var earlier = Ledgers(said.Take(said.Count / 2), Policy, asOf);
        foreach ((ImageReference tuple, Reconciliation later) in Ledgers(said, Policy, asOf))
        {
            if (later.Package is not { } after || earlier.GetValueOrDefault(tuple)?.Package is not { } before)
            {
                continue;
            }

            string open = Compared(PackageDocument.Of(before), PackageDocument.Of(after));
            string masked = Compared(Masker.Mask(PackageDocument.Of(before)), Masker.Mask(PackageDocument.Of(after)));
            if (open != masked)
            {
                return $"seed {seed}: packages of {tuple} differ in {open}, and masked in {masked}";
            }
        }

        return null;
    }

    /// <summary>Everything that sources said and whose clock was right, with the instant at which nothing has aged.</summary>
    private static (List<Observation> Said, DateTimeOffset AsOf) World(ulong seed)
    {
        IReadOnlyList<Delivery> deliveries = Traffic.Of(new Chance(seed));
        List<Observation> said = [.. deliveries.SelectMany(Observed).Where(o => !(o.Revision.Time - o.Lineage.ExtractedAt > TimeSpan.Zero))];
        return (said, deliveries[^1].NotBefore.AddHours(48));
    }

    private static IEnumerable<Observation> Observed(Delivery delivery) => Composition.Normalisers[delivery.Source]
        .Single(n => n.Format == delivery.Format)
        .Normalise(new Notification { Source = delivery.Source, Format = delivery.Format, Body = delivery.Body, ReceivedAt = delivery.NotBefore })
        .OfType<NormalisedItem.Observed>().Select(o => o.Observation);

    private static Dictionary<ImageReference, Reconciliation> Ledgers(IEnumerable<Observation> said, Policy policy, DateTimeOffset asOf)
    {
        var evidence = new EvidenceBase(policy);
        foreach (Observation observation in said)
        {
            evidence.Add(observation);
            evidence.Heard(observation.Record.Source, observation.Record.Instance, asOf);
        }

        return evidence.Tuples.ToDictionary(t => t, t => Reconciler.Reconcile(evidence.Of(t), policy, asOf));
    }

    private static string? Difference(
        Dictionary<ImageReference, Reconciliation> one, Dictionary<ImageReference, Reconciliation> other, Func<Reconciliation, string> of) =>
        one.Where(t => of(t.Value) != of(other[t.Key])).Select(t => $"{t.Key}:\n{of(t.Value)}\n{of(other[t.Key])}").FirstOrDefault();

    private static string Bytes(Reconciliation reconciliation) =>
        CanonicalJson.Text(LedgerDocument.Of(reconciliation.Ledger)) + (reconciliation.Package is { } package ? CanonicalJson.Text(PackageDocument.Of(package)) : "");

    // All of a ledger but the names of rules, and what is said in words about them.
    private static string Decisions(Reconciliation reconciliation)
    {
        LedgerView ledger = DocumentReader.Ledger(CanonicalJson.Bytes(LedgerDocument.Of(reconciliation.Ledger)));
        return string.Join('\n', ledger.Fields.Select(f => string.Join(
            ' ', [f.Field, f.State, string.Join(',', f.Authoritative?.Values ?? []), f.Hold?.Id ?? "-", .. f.Candidates.Select(c => $"{c.RecordId}={c.Outcome}")])));
    }

    private static IEnumerable<string> Holds(Reconciliation reconciliation) =>
        reconciliation.Ledger.Fields.Where(f => f.Hold is not null).Select(f => f.Hold!.Id);

    private static bool Runs(Observation observation, ImageReference tuple, string digest) =>
        observation is { Record.Source: Source.RuntimeValidation, Withdrawn: false, Subjects: [{ Digest: { } observed, Image: { } image }, ..] }
        && observed.Text == digest && Policy.Canonical(image) == tuple;

    private static string Compared(JsonNode before, JsonNode after) => string.Join(
        ", ", PackageComparison.Compare(DocumentReader.Package(before), DocumentReader.Package(after)).Select(c => $"{c.Field} {c.Aspect}").Order(StringComparer.Ordinal));

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
