using System.Text;
using Microsoft.Extensions.Time.Testing;
using ReleaseIntegrity.Contracts;
using ReleaseIntegrity.Contracts.Documents;
using ReleaseIntegrity.Contracts.Messages;
using ReleaseIntegrity.Reconciling.Folding;
using ReleaseIntegrity.Storage;

namespace ReleaseIntegrity.Tests.Reconciler;

/// <summary>Pins as the handoff sends them: placed, repeated, out of order, lapsed, taken back.</summary>
public sealed class When_a_steward_pins : IAsyncLifetime
{
    private readonly SqliteUnderTest _engine = new();
    private readonly FakeTimeProvider _clock = new(Say.T0);
    private Rig _rig = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await _engine.InitializeAsync();
        _rig = new Rig(_engine.Store, _clock);
        await _rig.FoldAsync(Say.Scenario);
    }

    public ValueTask DisposeAsync() => _engine.DisposeAsync();

    [Fact]
    public async Task The_digest_decides_and_what_depended_on_it_opens()
    {
        Assert.Equal(["held", "held"], new[] { await StateAsync(Field.LedgerWriteTime), await StateAsync(Field.ActiveTags) });
        int packages = (await _rig.PublishedAsync<CorrectionPackagePrepared>()).Count;
        await PinAsync(await PinAsync(Say.B, 1));
        FieldView digest = await FieldAsync(Field.ManifestDigest);
        Assert.Equal(("precedence", "steward-pin", Say.B.Text), (digest.State, digest.Rule, digest.Authoritative!.Single));
        Assert.Equal("agreed", await StateAsync(Field.LedgerWriteTime));
        await _rig.AdvanceToAsync(Say.T0.AddHours(5));
        IReadOnlyList<CorrectionPackagePrepared> prepared = await _rig.PublishedAsync<CorrectionPackagePrepared>();
        Assert.True(prepared.Count > packages);
        Assert.Contains(
            DocumentReader.Package(Encoding.UTF8.GetString(prepared[^1].CanonicalPackage)).ProposedWrites, w => w.Field == WireNames.Of(Field.CertificateFingerprint));
    }

    [Fact]
    public async Task Its_expiry_closes_again_what_it_opened()
    {
        await PinAsync(await PinAsync(Say.B, 1));
        await _rig.AdvanceToAsync(Say.T0.AddHours(10) - TimeSpan.FromTicks(1));
        Assert.Equal("precedence", await StateAsync(Field.ManifestDigest));
        await _rig.AdvanceToAsync(Say.T0.AddHours(10));
        Assert.Equal("held", await StateAsync(Field.ManifestDigest));
        Assert.Equal("held", await StateAsync(Field.LedgerWriteTime));
    }

    /// <summary>Every order of a pin, another one, and the taking back, each delivered twice.</summary>
    [Theory]
    [InlineData(0, 1, 2)]
    [InlineData(2, 1, 0)]
    [InlineData(1, 2, 0)]
    [InlineData(2, 0, 1)]
    public async Task The_greatest_sequence_counts_whatever_the_order(params int[] order)
    {
        PinChanged first = await PinAsync(Say.B, 1);
        PinChanged[] told = [first, await PinAsync(Say.A, 2), first with { Values = null, CandidateSet = null, EndsAt = Say.T0, Sequence = 3 }];
        foreach (int i in order)
        {
            await PinAsync(told[i]);
            await PinAsync(told[i]);
            long last = order.Take(Array.IndexOf(order, i) + 1).Max();
            Assert.Equal(last == 2 ? "held" : "precedence", await StateAsync(Field.ManifestDigest));
        }

        Assert.Null((await FieldAsync(Field.ManifestDigest)).Authoritative);
    }

    [Fact]
    public async Task It_lapses_when_the_candidates_change_and_outlives_a_derivation()
    {
        await PinAsync(await PinAsync(Say.B, 1));
        await _engine.Store.WriteAsync((StoreTransaction tx) => _rig.Evidence.DeriveAsync(tx, _ => { }), Ct);
        await _rig.Folder.ReconcileAsync([(await _rig.TupleAsync(Say.Tuple)).TupleKey], Ct);
        Assert.Equal("precedence", await StateAsync(Field.ManifestDigest));
        await _rig.FoldAsync(Say.Tag(Say.Tuple, Say.Digest("c"), Say.T0.AddMinutes(1)));
        Assert.NotEqual("steward-pin", (await FieldAsync(Field.ManifestDigest)).Rule);
    }

    private async Task<PinChanged> PinAsync(Digest digest, long sequence) => new()
    {
        Tuple = Say.Tuple, Field = Field.ManifestDigest, Values = [digest.Text],
        CandidateSet = CandidateSet.HashOf(await FieldAsync(Field.ManifestDigest)),
        EndsAt = Say.T0.AddHours(10), Sequence = sequence, Reason = "the hotfix was promoted by hand",
    };

    private Task PinAsync(PinChanged message) => _rig.Folder.PinAsync([(message.Tuple, PinsConsumer.PinOf(message))], Ct);

    private async Task<string> StateAsync(Field field) => (await FieldAsync(field)).State;

    private async Task<FieldView> FieldAsync(Field field) =>
        DocumentReader.Ledger(await _rig.LedgerAsync(Say.Tuple)).For(WireNames.Of(field))!;
}
