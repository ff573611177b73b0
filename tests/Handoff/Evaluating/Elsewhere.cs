using System.Security.Cryptography;
using System.Text;
using ReleaseIntegrity.Contracts.Documents;
using ReleaseIntegrity.Contracts.Messages;
using ReleaseIntegrity.Core;
using ReleaseIntegrity.Tests.Core;

namespace ReleaseIntegrity.Tests.Handoff.Evaluating;

/// <summary>The scenario's evidence about an artifact of another repository or train, and the messages about what the engine makes of it.</summary>
internal sealed record Elsewhere(string Repository, string Tag = World.Tag)
{
    public ImageReference Tuple => new(World.Registry, Repository, Tag);

    /// <summary>What the engine decides about observations of <see cref="World"/>, were they about this artifact.</summary>
    public Reconciliation Reconcile(string asOf, params Observation[] observations)
    {
        var evidence = new EvidenceBase(World.Rules);
        foreach (Observation observation in observations)
        {
            evidence.Add(observation with
            {
                Record = observation.Record with { Id = Moved(observation.Record.Id) },
                Subjects = [.. observation.Subjects.Select(s => s with { Image = s.Image is null ? null : s.Image with { Repository = Repository, Tag = s.Image.Tag is null ? null : Tag } })],
                Fields = [.. observation.Fields.Select(f => f with { Values = [.. f.Values.Select(Moved)], Raw = f.Raw is null ? null : Moved(f.Raw) })],
            });
        }

        return Reconciler.Reconcile(evidence.Of(Tuple), World.Rules, World.At(asOf));
    }

    public LedgerChanged Ledger(long revision, Reconciliation result, string at) => Ledger(revision, CanonicalJson.Text(LedgerDocument.Of(result.Ledger)), at);

    public LedgerChanged Ledger(long revision, string canonical, string at) => new()
    {
        Tuple = Tuple, Revision = revision, CanonicalLedger = Encoding.UTF8.GetBytes(canonical), HoldsOpened = [], HoldsReleased = [],
        LedgerSha256 = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(canonical))), RecordedAt = World.At(at),
    };

    public CorrectionPackagePrepared Package(long revision, Reconciliation result, string at)
    {
        var package = WrittenPackage.Of(result.Package!);
        return new CorrectionPackagePrepared
        {
            Tuple = Tuple, PackageId = package.Id, Revision = revision, CanonicalPackage = package.Canonical, PreparedAt = World.At(at),
        };
    }

    private string Moved(string text) => text.Replace(World.Repository, Repository, StringComparison.Ordinal).Replace(World.Tag, Tag, StringComparison.Ordinal);
}
