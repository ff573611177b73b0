using ReleaseIntegrity.Contracts;
using ReleaseIntegrity.Contracts.Documents;
using ReleaseIntegrity.Core;
using Xunit;
using static ReleaseIntegrity.Tests.Core.World;

namespace ReleaseIntegrity.Tests.Core;

/// <summary>A log's entry of an image signature hashes the signed payload, which comes by itself, before it or after it.</summary>
public sealed class When_a_log_knows_only_the_payload
{
    private static readonly Digest Payload = Digest.Parse("sha256:" + new string('9', 64));

    private static readonly Observation Logged = Entry(Payload, "08:00", 7, "rekor:" + new string('e', 64), new string('2', 64), tagged: false, predicate: null);

    private static Observation Payloads(Digest named, Digest payload, string repository = Repository) => SignedPayload(payload, named, "08:01") with
    {
        Subjects = [new Subject(new ImageReference(Registry, repository, null), named, DigestKind.Unknown, Place.At("/critical/image/docker-manifest-digest"))],
    };

    private static FieldEntry EnvelopeOf(params Observation[] evidence) => Reconcile("12:00", evidence).Ledger.For(Field.SignatureEnvelopeId);

    private static IEnumerable<T[]> Orders<T>(T[] all) =>
        all.Length <= 1 ? [all] : all.SelectMany((first, i) => Orders<T>([.. all[..i], .. all[(i + 1)..]]).Select(rest => (T[])[first, .. rest]));

    [Fact]
    public void The_entry_is_about_the_image_that_the_payload_names()
    {
        FieldEntry envelope = EnvelopeOf(Push(B, "08:05"), Logged, Payloads(B, Payload));

        Assert.Equal(["rekor:" + new string('e', 64)], envelope.Authoritative);
        Candidate candidate = Assert.Single(envelope.Candidates, c => c.Source == Source.SignatureLedger);
        Assert.Equal((B, Logged.Lineage), (candidate.About, candidate.Observation.Lineage));
    }

    [Fact]
    public void In_any_order_the_bytes_are_the_same()
    {
        Observation[] evidence = [Push(A, "06:00"), Push(B, "08:05"), Logged, Payloads(B, Payload), Snapshot(B, "08:10", 4, new string('2', 64), "08:09")];

        string[] bytes = [.. Orders(evidence).Select(order => CanonicalJson.Text(LedgerDocument.Of(Reconcile("12:00", order).Ledger))).Distinct()];

        Assert.Contains(new string('e', 64), Assert.Single(bytes), StringComparison.Ordinal);
    }

    [Fact]
    public void Without_the_payload_or_the_entry_nothing_is_signed()
    {
        Assert.All(
            new[] { EnvelopeOf(Push(B, "08:05"), Logged), EnvelopeOf(Push(B, "08:05"), Payloads(B, Payload)) },
            envelope => Assert.True(envelope.Authoritative is null && envelope.Candidates.All(c => c.Source != Source.SignatureLedger)));
    }

    [Fact]
    public void A_payload_of_another_repository_or_about_another_image_links_nothing_here()
    {
        Assert.Null(EnvelopeOf(Push(B, "08:05"), Logged, Payloads(B, Payload, "payments/other")).Authoritative);
        Assert.Null(EnvelopeOf(Push(B, "08:05"), Logged, Payloads(A, Payload)).Authoritative);
        Assert.Null(EnvelopeOf(Push(B, "08:05"), Logged, Payloads(B, C)).Authoritative);
    }

    [Fact]
    public void An_entry_that_carries_its_payload_links_others_about_it()
    {
        Observation carrying = Entry(B, "08:20", 9, "rekor:" + new string('f', 64), new string('2', 64), tagged: false, predicate: null) with
        {
            Subjects = [new Subject(Release with { Tag = null }, B, DigestKind.Unknown, Place.At("/x"))],
            Children = [Payload],
        };

        Assert.Equal(2, EnvelopeOf(Push(B, "08:05"), Logged, carrying).Candidates.Count(c => c.Source == Source.SignatureLedger && c.About == B));
    }

    [Fact]
    public void A_payload_is_no_child_of_its_image()
    {
        Ledger ledger = Reconcile("12:00", Push(B, "08:05"), Logged, Payloads(B, Payload), Container(Payload, "08:10", "rekor:" + new string('e', 64))).Ledger;

        Assert.NotEqual(FieldState.Agreed, ledger.For(Field.ManifestDigest).State);
    }

    [Fact]
    public void The_outcomes_are_those_of_the_whole_set()
    {
        var evidence = new EvidenceBase(Rules);
        foreach (Observation observation in (Observation[])[Logged, Payloads(B, Payload)])
        {
            evidence.Add(observation);
        }

        Assert.False(evidence.IsBound(Logged));
        Assert.False(evidence.IsBound(Payloads(B, Payload)));
        evidence.Add(Push(B, "08:05"));
        Assert.True(evidence.IsBound(Logged));
        Assert.True(evidence.IsBound(Payloads(B, Payload)));
    }
}
