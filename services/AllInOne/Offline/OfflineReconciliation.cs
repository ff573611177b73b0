using System.Text.Json.Nodes;
using ReleaseIntegrity.AllInOne.Offline.Input;
using ReleaseIntegrity.AllInOne.Offline.Output;
using ReleaseIntegrity.Auditing;
using ReleaseIntegrity.Contracts;
using ReleaseIntegrity.Core;
using ReleaseIntegrity.Masking;
using ReleaseIntegrity.Policies;

namespace ReleaseIntegrity.AllInOne.Offline;

/// <summary>
/// The whole path from files of notifications to ledgers and packages, without a server: read and normalise, join, judge
/// the items, reconcile every tuple, audit, write.
/// </summary>
internal sealed class OfflineReconciliation(IProgressReport report)
{
    /// <summary>Tuples that are reconciled together over all cores.</summary>
    private const int ChunkSize = 512;

    /// <summary>Runs it.</summary>
    /// <exception cref="UsageException">An input, the policy, the key or the output folder can't be used.</exception>
    public Summary Run(ReconcileRequest request)
    {
        Policy policy = LoadPolicy(request.Policy);
        var masker = new Masker(LoadKey(request));
        var formats = FormatTable.Shipped();
        IReadOnlyList<InputFile> files = InputFiles.Find(request.Inputs, request.Out, formats);
        OutputFolder output = OutputFolder.Open(request.Out);

        (Gathering gathering, DateTimeOffset asOf) = Gather(request, files, formats);
        var evidence = new JudgedEvidence(gathering.Notifications, policy, asOf);
        SilentOverwriteAudit audit = Audit(gathering.Notifications, policy);

        var writer = new ItemWriter(evidence, request.Reveal ? null : new ItemMask(masker, policy));
        report.Begin("items", gathering.Notifications.Count);
        using (Stream stream = output.CreateItems())
        {
            writer.Write(gathering.Notifications, stream, report.Advance);
        }

        LedgerFigures figures = Reconcile(evidence, policy, asOf, request.Reveal ? null : masker, masker, output, audit, out long silent);
        var summary = new Summary
        {
            Notifications = gathering.Notifications.Sum(n => (long)n.Deliveries),
            Outcomes = writer.Counts,
            Ledgers = figures,
            SilentlyOverwritten = silent,
        };
        output.WriteSummary(summary.Document());
        return summary;
    }

    private static Policy LoadPolicy(string? path) => path is null
        ? PolicyFile.Default()
        : PolicyFile.Load(path) switch
        {
            PolicyResult.Loaded loaded => loaded.Policy,
            PolicyResult refused => throw new UsageException(refused.ToString()),
        };

    private TokenKey LoadKey(ReconcileRequest request)
    {
        try
        {
            if (request.MaskKey is not null)
            {
                return TokenKey.Read(request.MaskKey);
            }
        }
        catch (TokenKeyException bad)
        {
            throw new UsageException(bad.Message);
        }

        if (!request.Reveal)
        {
            report.Warn("no --mask-key: values are masked with the published key. Such tokens are fit for looking, not for sharing: whoever can guess a value can check the guess");
        }

        return TokenKey.Published;
    }

    private (Gathering Gathering, DateTimeOffset AsOf) Gather(ReconcileRequest request, IReadOnlyList<InputFile> files, FormatTable formats)
    {
        List<DeliveryPlace> places = DeliveryPlaces.Of(files);
        if (request.Shuffle is { } seed)
        {
            DeliveryPlaces.Shuffle(places, seed);
        }

        using var reader = new DeliveryReader(files, formats);
        var gathering = new Gathering();
        report.Begin("notifications", places.Count);
        DateTimeOffset asOf = gathering.Gather(places, reader, request.AsOf, report.Advance);
        foreach (string name in gathering.UnknownFormats)
        {
            report.Warn($"unknown format {name}");
        }

        if (gathering.LeftOut > 0)
        {
            report.Warn($"left out: {gathering.LeftOut} received after {Instants.Text(asOf)}");
        }

        return (gathering, asOf);
    }

    private LedgerFigures Reconcile(
        JudgedEvidence evidence, Policy policy, DateTimeOffset asOf, Masker? mask, Masker names, OutputFolder output,
        SilentOverwriteAudit audit, out long silent)
    {
        IReadOnlyList<ImageReference> tuples = evidence.Tuples;
        report.Begin("tuples", tuples.Count);
        LedgerFigures figures = default;
        silent = 0;
        foreach (ImageReference[] chunk in tuples.Chunk(ChunkSize))
        {
            // Binding keeps what it worked out, so it runs by itself; all that follows is pure.
            TupleEvidence[] bound = [.. chunk.Select(evidence.Of)];
            var results = new (LedgerFigures Figures, IReadOnlyList<Field> Overwritten)[chunk.Length];
            Parallel.For(0, chunk.Length, i =>
            {
                Reconciliation reconciliation = Reconciler.Reconcile(bound[i], policy, asOf);
                JsonObject ledger = LedgerDocument.Of(reconciliation.Ledger);
                string id = names.TupleId(chunk[i]);
                results[i] = (LedgerFigures.Of(reconciliation.Ledger, reconciliation.Package is not null), audit.Overwritten(ledger));
                output.WriteLedger(id, mask?.Mask(ledger) ?? ledger);
                if (reconciliation.Package is { } package)
                {
                    JsonObject document = PackageDocument.Of(package);
                    output.WritePackage(id, mask?.Mask(document) ?? document);
                }
            });
            for (int i = 0; i < chunk.Length; i++)
            {
                figures += results[i].Figures;
                silent += results[i].Overwritten.Count;
                if (results[i].Overwritten is { Count: > 0 } fields)
                {
                    report.Warn($"overwritten silently in ledgers/{names.TupleId(chunk[i])}.json: {string.Join(", ", fields.Select(WireNames.Of))}");
                }
            }

            report.Advance(chunk.Length);
        }

        return figures;
    }

    /// <summary>An audit of notifications under a policy's rules.</summary>
    internal static SilentOverwriteAudit Audit(IReadOnlyList<NotificationEntry> notifications, Policy policy) =>
        new(PolicyAudit.Rules(policy), [.. notifications
            .SelectMany(n => n.Items)
            .OfType<NormalisedItem.Observed>()
            .Select(o => o.Observation)]);
}
