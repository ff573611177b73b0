namespace ReleaseIntegrity.Core;

/// <summary>The sentences of <c>why</c>. They never carry a value, so that they need no masking.</summary>
public static class Whys
{
    internal const string Contested = "sources differ and no value may be chosen";
    internal const string Authority = "the field's authority says so";
    internal const string Agrees = "says the same as the authority";
    internal const string Member = "is among the authority's entries";
    internal const string Equivalent = "an observed platform manifest of the index that the registry names";
    internal const string ConfigDigest = "an image configuration digest: not comparable with a manifest digest";
    internal const string OtherEnvelopeKind = "an envelope id of a kind that the ledger's records don't carry";
    internal const string OtherDigest = "concerns another digest than the authoritative one";
    internal const string Skewed = "its time lies in the future of its own extraction: it supersedes nothing";
    internal const string Withdrawn = "deleted or withdrawn at its source";
    internal const string Converging = "inside the propagation allowance";
    internal const string RootHeld = "depends on the manifest digest, which is held";
    internal const string RootOpen = "depends on the manifest digest, which has no authoritative value yet";
    internal const string Stale = "its source instance was not heard within the freshness window";
    internal const string OtherStale = "another source instance of the authority was not heard within the freshness window";
    internal const string AuthorityMissing = "the field's authority is silent; a lower source never takes its place";
    internal const string SelfConflict = "the authority's current revisions differ and can't be told apart";
    internal const string Pinned = "chosen by a steward's pin";
    internal const string NotPinned = "a steward's pin chose another value";
    internal const string Unlinked = "no approved ledger entry carries this envelope id";
    internal const string NotBound = "the snapshot's approval doesn't bind the digest";
    internal const string Latest = "the latest observation";
    internal const string Earlier = "an earlier observation";

    internal static string LostTo(string rule) => Rules.GetOrAdd(rule, static r => $"lost by rule {r}");

    internal static string HeldBy(string rule) => Holds.GetOrAdd(rule, static r => $"held by rule {r}");

    private static readonly System.Collections.Concurrent.ConcurrentDictionary<string, string> Rules = new();
    private static readonly System.Collections.Concurrent.ConcurrentDictionary<string, string> Holds = new();
}
