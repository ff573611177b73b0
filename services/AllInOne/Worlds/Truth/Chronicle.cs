using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Worlds;

/// <summary>All statements about one artifact with when each was first heard: what was known at any instant.</summary>
internal sealed class Chronicle
{
    private readonly ImageReference _tuple;
    private readonly List<Told> _records;
    private KnownArtifact? _known;

    public Chronicle(ImageReference tuple, IEnumerable<(Statement Statement, DateTimeOffset Heard)> told)
    {
        _tuple = tuple;
        _records = [.. told
            .GroupBy(t => (t.Statement.Source, t.Statement.Instance, t.Statement.Kind, t.Statement.Record))
            .Select(g => new Told([.. g.OrderBy(t => t.Heard)]))];
    }

    /// <summary>What was known at an instant. What didn't change since the last question isn't worked out again.</summary>
    public KnownArtifact At(DateTimeOffset at)
    {
        bool changed = false;
        foreach (Told record in _records)
        {
            changed |= record.Until(at);
        }

        return _known = _known is null || changed
            ? new KnownArtifact(_tuple, [.. _records.Select(r => r.Known).OfType<KnownRecord>()])
            : _known;
    }

    private sealed class Told(List<(Statement Statement, DateTimeOffset Heard)> statements)
    {
        private int _heard;

        public KnownRecord? Known { get; private set; }

        /// <summary>Goes to an instant; true where another number of statements was heard by then.</summary>
        public bool Until(DateTimeOffset at)
        {
            int heard = _heard;
            while (heard < statements.Count && statements[heard].Heard <= at)
            {
                heard++;
            }

            while (heard > 0 && statements[heard - 1].Heard > at)
            {
                heard--;
            }

            if (heard == _heard)
            {
                return false;
            }

            _heard = heard;
            Known = heard == 0 ? null : new KnownRecord(statements[..heard]);
            return true;
        }
    }
}
