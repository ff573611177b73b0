using ReleaseIntegrity.Contracts;
using ReleaseIntegrity.Worlds.Shapes;

namespace ReleaseIntegrity.Worlds.Making;

/// <summary>The history of one artifact: a release, mostly a hotfix over the emergency lane, and what drifts.</summary>
internal sealed class Story(Release release, Artifact artifact, Chance chance, DateTimeOffset start)
{
    /// <summary>What happens to records of a story in which nothing must be replaced.</summary>
    private static readonly Drift[] NeedHotfix =
    [
        Drift.LaggingRegistry, Drift.LaggingSnapshot, Drift.TagMovedBack, Drift.CopiedFingerprint, Drift.WrongGrammar,
        Drift.DigestlessPush, Drift.StuckRollout,
    ];

    private BuiltImage _image = null!;
    private Push _push = null!;
    private Change _change = null!;
    private Statement _entry = null!;
    private int _keys = 9;

    /// <summary>Tells it.</summary>
    /// <returns>When the last thing happened.</returns>
    public DateTimeOffset Tell()
    {
        DateTimeOffset now = Base();
        if (artifact.Drifts.Any(NeedHotfix.Contains) || chance.Happens(0.5))
        {
            now = new Hotfix(release, artifact, chance) { Image = _image, Push = _push, Change = _change, Entry = _entry, KeyNumber = ++_keys }.Tell(now + chance.Minutes(150, 400), out _image, out _push, out _change);
        }

        if (chance.Happens(0.4))
        {
            now = SignAgain(now + chance.Minutes(90, 240));
        }

        return Afterwards(now + chance.Minutes(60, 180));
    }

    private bool Has(Drift drift) => artifact.Drifts.Contains(drift);

    private DateTimeOffset Base()
    {
        bool backfill = Has(Drift.LedgerBackfill), late = backfill && chance.Happens(0.5);
        TimeSpan skew = Has(Drift.ClockSkew) ? chance.Minutes(30, 180) : default;
        int skewed = skew > default(TimeSpan) ? chance.Between(0, 2) : -1;
        _image = release.Build();
        artifact.IsReally(start, Field.ManifestDigest, _image.Digest.Text);
        artifact.IsReally(start, Field.TagToDigest, _image.Digest.Text);
        _push = release.Promote(_image, start, told: !Has(Drift.LostEvents) || chance.Happens(0.5), ahead: skewed == 0 ? skew : default);
        if (Has(Drift.LostEvents) || skewed == 0)
        {
            release.Read(_push with { Stated = _push.At.AddSeconds(skewed == 0 ? 1 : 0) }, start + chance.Minutes(60, 200));
        }

        SigningKey key = release.Signer(start, _keys);
        DateTimeOffset signed = start + chance.Minutes(2, 8) + (backfill && !late ? chance.Minutes(120, 360) : default);
        _entry = release.Sign(_image, key, signed, late ? chance.Minutes(120, 360) : default);
        if (chance.Happens(0.4))
        {
            release.Sign(_image, key, signed.AddSeconds(30), predicateType: "https://spdx.dev/Document");
        }

        _change = release.Save(release.Copy(release.Open(_image, start), _entry), start + chance.Minutes(9, 11));
        DateTimeOffset approved = start + chance.Minutes(14, 20);
        _change = release.Save(_change with { ApprovedAt = approved.AddMinutes(-1), Step = 0 }, approved, skewed == 1 ? skew : default);
        artifact.IsReally(approved, Field.ApprovalTime, _change.ApprovedAt!.Value.Text());
        string? envelope = Has(Drift.UnlinkedEnvelope) ? Unknown(_entry, chance) : chance.Happens(0.6) ? _entry.Value(Field.SignatureEnvelopeId)?[0] : null;
        release.Rollout.To(release.Tuple, _image, envelope, start + chance.Minutes(25, 32), ahead: skewed == 2 ? skew : default);
        DateTimeOffset saved = start + chance.Minutes(50, 55);
        _change = release.Save(_change with { Step = 1 }, saved);
        if (backfill && !late && chance.Happens(0.5))
        {
            saved = signed + chance.Minutes(30, 60);
            _change = release.Save(_change with { ApprovedAt = saved.AddMinutes(-1) }, saved);
            artifact.IsReally(saved, Field.ApprovalTime, _change.ApprovedAt!.Value.Text());
        }

        DateTimeOffset done = (saved > signed ? saved : signed) + chance.Minutes(30, 60);
        _change = release.Save(_change with { Step = 2 }, done);
        return done;
    }

    /// <summary>A new certificate or key for what is there: rotation, or a signature that had to be made again.</summary>
    private DateTimeOffset SignAgain(DateTimeOffset at)
    {
        Statement entry = release.Sign(_image, release.Signer(at, ++_keys), at);
        if (chance.Happens(0.5) && _change.Digest == _image.Digest && _change.Fingerprint is not null)
        {
            _change = release.Save(release.Copy(_change, entry), at.AddMinutes(5));
        }

        return at.AddMinutes(6);
    }

    private DateTimeOffset Afterwards(DateTimeOffset at)
    {
        if (Has(Drift.CancelledChange))
        {
            _change = release.Save(_change with { Cancelled = true }, at);
        }

        if (Has(Drift.RestoredBackup))
        {
            Restore(at);
        }

        if (Has(Drift.DeletedRecords))
        {
            Delete(at);
        }

        return at.AddMinutes(5);
    }

    private void Restore(DateTimeOffset at)
    {
        if (chance.Happens(0.5))
        {
            // The registry was restored: it tells of nothing, and a resync finds the tag where it was before.
            BuiltImage before = release.Build();
            release.Read(_push with { Built = before, At = at, Stated = at.AddSeconds(1) }, at.AddMinutes(2));
        }
        else if (_change.Revision > 2)
        {
            // The change system was restored, and somebody saved the old record: an old count at a new time.
            _change = release.Save(_change with { Revision = _change.Revision - 1, Window = "RW-restored" }, at, restored: true);
        }
    }

    private void Delete(DateTimeOffset at)
    {
        switch (chance.Between(0, 3))
        {
            case 0:
                release.ReadGone(_push, at);
                break;
            case 1 when release.TryDelete(_push, at):
                break;
            case 2:
                _change = release.Save(_change with { Deleted = true }, at);
                break;
            default:
                release.Rollout.Remove(at);
                break;
        }
    }

    /// <summary>An envelope of a kind that the ledger knows, and that it doesn't have.</summary>
    internal static string Unknown(Statement entry, Chance chance)
    {
        string known = entry.Value(Field.SignatureEnvelopeId)![0];
        return known[..(known.LastIndexOf(':') + 1)] + chance.Hex(64);
    }
}
