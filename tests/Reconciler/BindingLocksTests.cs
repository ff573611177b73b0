using ReleaseIntegrity.Contracts;
using ReleaseIntegrity.Policies;
using ReleaseIntegrity.Reconciling.Evidence;

namespace ReleaseIntegrity.Tests.Reconciler;

/// <summary>Two transactions that could bind to each other take a lock in common, so that one of them sees the other.</summary>
public sealed class BindingLocksTests
{
    private static readonly Digest Child = Say.Digest("child");

    [Fact]
    public void A_digest_without_a_name_and_a_tag_that_anchors_it_meet() =>
        Assert.NotEmpty(Common(Say.Entry(1, Say.T0, null, "k", Say.B), Say.Tag(Say.Tuple, Say.B, Say.T0)));

    [Fact]
    public void A_digest_and_an_index_that_lists_it_meet() =>
        Assert.NotEmpty(Common(Say.Entry(1, Say.T0, null, "k", Child), Say.Index(Say.Tuple, Say.B, Say.T0, false, Child)));

    [Fact]
    public void An_index_and_a_tag_that_anchors_it_meet() =>
        Assert.NotEmpty(Common(Say.Index(Say.Tuple, Say.B, Say.T0, false, Child), Say.Tag(Say.Tuple, Say.B, Say.T0)));

    [Fact]
    public void A_deleted_repository_and_a_tuple_first_named_in_it_meet() =>
        Assert.NotEmpty(Common(Say.RepositoryDeleted(Say.Tuple, Say.T0), Say.Tag(Say.Tuple, Say.B, Say.T0)));

    [Fact]
    public void Two_that_name_one_tuple_with_different_digests_meet() =>
        Assert.NotEmpty(Common(Say.Tag(Say.Tuple, Say.A, Say.T0), Say.Pod(Say.Tuple, Say.B, Say.T0)));

    [Fact]
    public void Strangers_do_not_wait_for_each_other() =>
        Assert.Empty(Common(Say.Tag(Say.Tuple, Say.A, Say.T0), Say.Tag(Say.Tuple with { Repository = "elsewhere" }, Say.B, Say.T0)));

    private static IEnumerable<string> Common(Observation one, Observation other) => Locks(one).Intersect(Locks(other));

    private static HashSet<string> Locks(Observation observation)
    {
        var facts = new BindingFacts(PolicyFile.Default());
        facts.Add("record", observation);
        return BindingLocks.Of(facts, _ => false);
    }
}
