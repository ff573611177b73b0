using System.Security.Cryptography;
using ReleaseIntegrity.AllInOne.Offline;
using ReleaseIntegrity.AllInOne.Offline.Input;
using ReleaseIntegrity.Auditing;
using ReleaseIntegrity.Contracts;
using ReleaseIntegrity.Contracts.Documents;
using ReleaseIntegrity.Contracts.Messages;
using ReleaseIntegrity.Core;
using ReleaseIntegrity.Reconciling.Folding;
using ReleaseIntegrity.Simulation.Deterministic.Machinery;

namespace ReleaseIntegrity.Simulation.Deterministic.Checking;

/// <summary>One content that a collector keeps, with its receipts.</summary>
internal sealed record KeptContent(Source Source, string Format, string Sha256, byte[] Body, string State, IReadOnlyList<DateTimeOffset> Receipts)
{
    private IReadOnlyList<NormalisedItem>? _items;

    /// <summary>As it was received first.</summary>
    public Notification Notification => new() { Source = Source, Format = Format, Body = Body, ReceivedAt = Receipts[0] };

    /// <summary>What is in it.</summary>
    public IReadOnlyList<NormalisedItem> Items => _items ??= Composition.Normalisers[Source].Single(n => n.Format == Format).Normalise(Notification);

    /// <summary>All that a collector keeps.</summary>
    public static IReadOnlyList<KeptContent> Of(Source source, Database database) => database.Read<IReadOnlyList<KeptContent>>(async s =>
    {
        ILookup<long, DateTimeOffset> receipts = (await s.QueryAsync<Receipt>("select notification_id, received_at from delivery"))
            .ToLookup(r => r.NotificationId, r => r.ReceivedAt);
        return
        [
            .. (await s.QueryAsync<Row>("select notification_id, sha256, format, body, state from notification order by notification_id"))
                .Select(r => new KeptContent(source, r.Format, r.Sha256, r.Body, r.State, [.. receipts[r.NotificationId].Order()])),
        ];
    });

    private sealed record Row
    {
        public long NotificationId { get; init; }
        public string Sha256 { get; init; } = "";
        public string Format { get; init; } = "";
        public byte[] Body { get; init; } = [];
        public string State { get; init; } = "";
    }

    private sealed record Receipt
    {
        public long NotificationId { get; init; }
        public DateTimeOffset ReceivedAt { get; init; }
    }
}

/// <summary>What the offline engine makes of the same deliveries and pins: no store, no messages, no order.</summary>
internal sealed class Truth
{
    private readonly JudgedEvidence _evidence;

    /// <summary>Derives everything.</summary>
    /// <param name="contents">What collectors keep.</param>
    /// <param name="pins">What stewards pinned and took back.</param>
    /// <param name="asOf">The instant of the evaluation.</param>
    public Truth(IEnumerable<KeptContent> contents, IEnumerable<PinChanged> pins, DateTimeOffset asOf)
    {
        ILookup<ImageReference, Pin> pinned = pins.ToLookup(p => p.Tuple, PinsConsumer.PinOf);
        Notifications = [.. contents.Select(Entry).OrderBy(e => e.Key)];
        _evidence = new JudgedEvidence(Notifications, Composition.Policy, asOf);
        Audit = OfflineReconciliation.Audit(Notifications, Composition.Policy);
        Tuples = _evidence.Tuples.ToDictionary(
            t => t, t => new Expected(Reconciler.Reconcile(_evidence.Of(t) with { Pins = [.. pinned[t]] }, Composition.Policy, asOf)));
    }

    /// <summary>Every notification with what it holds.</summary>
    public IReadOnlyList<NotificationEntry> Notifications { get; }

    /// <summary>What each tuple comes to.</summary>
    public IReadOnlyDictionary<ImageReference, Expected> Tuples { get; }

    /// <summary>Finds silent overwrites without any code of the engine.</summary>
    public SilentOverwriteAudit Audit { get; }

    /// <summary>How an item ends.</summary>
    public ItemOutcome Judge(NormalisedItem item) => _evidence.Judge(item).Outcome;

    private static NotificationEntry Entry(KeptContent content)
    {
        var key = new NotificationKey(content.Source, content.Format, content.Sha256, "");
        IReadOnlyList<NormalisedItem> items = content.Items;
        var entry = new NotificationEntry(key, new AllInOne.Offline.Input.Delivery.Read(key, content.Receipts[0], items));
        foreach (DateTimeOffset receipt in content.Receipts.Skip(1))
        {
            entry.Add(new AllInOne.Offline.Input.Delivery.Read(key, receipt, items));
        }

        return entry;
    }
}

/// <summary>What a tuple comes to.</summary>
internal sealed class Expected
{
    public Expected(Reconciliation reconciliation)
    {
        Reconciliation = reconciliation;
        using var writer = new CanonicalWriter();
        LedgerDocument.Write(reconciliation.Ledger, writer);
        Ledger = writer.Written.ToArray();
        Sha256 = Convert.ToHexStringLower(SHA256.HashData(Ledger));
        Package = reconciliation.Package is { } package ? WrittenPackage.Of(package) : null;
    }

    public Reconciliation Reconciliation { get; }

    /// <summary>The canonical ledger.</summary>
    public byte[] Ledger { get; }

    public string Sha256 { get; }

    /// <summary>The package, where one is due.</summary>
    public WrittenPackage? Package { get; }
}
