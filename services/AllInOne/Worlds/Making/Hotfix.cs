using ReleaseIntegrity.Contracts;
using ReleaseIntegrity.Worlds.Shapes;

namespace ReleaseIntegrity.Worlds.Making;

/// <summary>A hotfix over the emergency lane: a new image under the same tag, signed, approved and rolled out in a hurry.</summary>
internal sealed class Hotfix(Release release, Artifact artifact, Chance chance)
{
    public required BuiltImage Image { get; init; }

    public required Push Push { get; init; }

    public required Change Change { get; init; }

    public required Statement Entry { get; init; }

    public required int KeyNumber { get; init; }

    private bool Has(Drift drift) => artifact.Drifts.Contains(drift);

    /// <summary>Tells it.</summary>
    /// <returns>When its last act was.</returns>
    public DateTimeOffset Tell(DateTimeOffset at, out BuiltImage image, out Push push, out Change change)
    {
        image = release.Build();
        artifact.IsReally(at, Field.ManifestDigest, image.Digest.Text);
        artifact.IsReally(at, Field.TagToDigest, image.Digest.Text);
        DateTimeOffset end = at.AddMinutes(40);
        push = Promote(image, at, ref end);
        Statement entry = release.Sign(image, release.Signer(at, KeyNumber), at + chance.Minutes(1, 5));
        change = Approve(image, entry, at + chance.Minutes(9, 14), ref end);
        string? envelope = Has(Drift.UnlinkedEnvelope) ? Story.Unknown(entry, chance)
            : chance.Happens(0.6) ? entry.Value(Field.SignatureEnvelopeId)?[0] : null;
        bool stuck = Has(Drift.StuckRollout);
        release.Rollout.To(release.Tuple, image, envelope, at + chance.Minutes(15, 20), stuck);
        if (stuck && chance.Happens(0.5))
        {
            end = Later(end, at + chance.Minutes(150, 300));
            release.Rollout.Finish(image, end);
        }

        if (Has(Drift.TagMovedBack))
        {
            end = MoveBack(end + chance.Minutes(60, 120), ref image, ref push, ref change);
        }

        return end;
    }

    private Push Promote(BuiltImage image, DateTimeOffset at, ref DateTimeOffset end)
    {
        if (Has(Drift.LaggingRegistry))
        {
            if (chance.Happens(0.4))
            {
                return Push;
            }

            end = Later(end, at + chance.Minutes(150, 360));
            return release.Promote(image, end);
        }

        bool mistold = Has(Drift.WrongGrammar), digestless = Has(Drift.DigestlessPush), lost = Has(Drift.LostEvents);
        if (mistold)
        {
            release.Mistell(image, at, image.Digest.Text[..30]);
        }
        else if (digestless)
        {
            // Another image first, and by the time at which somebody looks the tag has moved on.
            release.Mistell(release.Build(), at.AddMinutes(-2), null);
        }

        Push push = release.Promote(image, at, told: !mistold && !digestless && !lost);
        if (mistold || digestless || lost)
        {
            DateTimeOffset read = at + (digestless ? chance.Minutes(1, 3) : chance.Minutes(60, 150));
            release.Read(push, read);
            end = Later(end, read);
        }

        return push;
    }

    private Change Approve(BuiltImage image, Statement entry, DateTimeOffset at, ref DateTimeOffset end)
    {
        if (Has(Drift.LaggingSnapshot))
        {
            if (chance.Happens(0.4))
            {
                return Change;
            }

            at += chance.Minutes(120, 360);
            end = Later(end, at);
        }

        Change change = Change with { Digest = image.Digest, Step = 0, Notes = "emergency lane: see the incident", Exceptions = ["EX-7", "EX-21"] };
        if (Has(Drift.CopiedFingerprint))
        {
            // Typed over the old record: the fingerprint stays, and sometimes the approval too.
            return release.Save(change with { ApprovedAt = chance.Happens(0.5) ? Change.ApprovedAt : at.AddMinutes(-1) }, at);
        }

        change = release.Copy(chance.Happens(0.5) ? change : release.Open(image, at) with { Notes = change.Notes, Exceptions = change.Exceptions }, entry);
        change = release.Save(change with { ApprovedAt = at.AddMinutes(-1) }, at);
        artifact.IsReally(at, Field.ApprovalTime, change.ApprovedAt!.Value.Text());
        return change;
    }

    /// <summary>The hotfix is taken back: the tag goes to the old image; the change record, and what runs, may follow or not.</summary>
    private DateTimeOffset MoveBack(DateTimeOffset at, ref BuiltImage image, ref Push push, ref Change change)
    {
        artifact.IsReally(at, Field.ManifestDigest, Image.Digest.Text);
        artifact.IsReally(at, Field.TagToDigest, Image.Digest.Text);
        image = Image;
        push = release.Promote(Image, at, back: true);
        release.Read(push, at + chance.Minutes(5, 60));
        if (chance.Happens(0.6))
        {
            change = release.Save(release.Copy(change with { Digest = Image.Digest, ApprovedAt = at.AddMinutes(4) }, Entry), at.AddMinutes(5));
        }

        if (chance.Happens(0.7))
        {
            release.Rollout.To(release.Tuple, Image, null, at.AddMinutes(8));
        }

        return at.AddMinutes(61);
    }

    private static DateTimeOffset Later(DateTimeOffset a, DateTimeOffset b) => a > b ? a : b;
}
