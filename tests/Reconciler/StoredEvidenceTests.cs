using System.Text;
using ReleaseIntegrity.Contracts;
using ReleaseIntegrity.Core;
using ReleaseIntegrity.Policies;
using ReleaseIntegrity.Reconciling.Evidence;

namespace ReleaseIntegrity.Tests.Reconciler;

public sealed class StoredEvidenceTests
{
    [Fact]
    public void A_history_that_was_stored_is_the_history()
    {
        for (int seed = 0; seed < 200; seed++)
        {
            foreach (IGrouping<SourceRecord, Observation> record in new World(seed).Deliveries.GroupBy(o => o.Record))
            {
                RecordHistory history = RecordHistory.Of([.. record], PolicyFile.Default());
                byte[] text = StoredEvidence.BytesOf(history);
                RecordHistory read = StoredEvidence.History(text);
                Assert.Equal(text, StoredEvidence.BytesOf(read));
                Assert.Equal(history.Past, read.Past);
                Assert.Equal(history.Plain, read.Plain);
                Assert.Equivalent(history.Current, read.Current, strict: true);
                Assert.Equivalent(history.Skewed, read.Skewed, strict: true);
                Assert.All(record, o => Assert.Equal(history.Counts(o), read.Counts(o)));
            }
        }
    }

    [Fact]
    public void An_observation_is_known_again_whenever_it_was_read()
    {
        Observation one = Say.Scenario[2];
        byte[] body = StoredEvidence.BodyOf(one);
        Assert.Equal(StoredEvidence.IdOf(body), StoredEvidence.IdOf(StoredEvidence.BodyOf(one.ReadAt(Say.T0.AddDays(7)))));
        Assert.Equivalent(one, StoredEvidence.Observation(body, one.Lineage.ExtractedAt), strict: true);
    }

    /// <summary>Storage format: a text that was stored once must be read for ever.</summary>
    [Fact]
    public void The_stored_form_stays()
    {
        RecordHistory history = RecordHistory.Of([Say.Tag(Say.Tuple, Say.A, Say.T0), Say.Tag(Say.Tuple, null, Say.T0.AddHours(1))], PolicyFile.Default());
        string text = Encoding.UTF8.GetString(StoredEvidence.BytesOf(history));
        Assert.StartsWith(
            """{"record":{"source":"artifact-registry","instance":"registry.example.com","kind":"registry-tag","id":"registry.example.com/payments/api:rel-2026.03.22.4"},"current":[{"contentKey":""",
            text, StringComparison.Ordinal);
        Assert.EndsWith($$""""skewed":[],"past":["{{Say.A}}"],"plain":true}"""", text, StringComparison.Ordinal);
    }
}
