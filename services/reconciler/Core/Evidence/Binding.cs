using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Core;

/// <summary>
/// What ties observations to artifact tuples. Pure facts about one observation; <see cref="EvidenceBase"/> joins them in
/// memory, the reconciler's store in tables.
/// </summary>
public static class Binding
{
    /// <summary>The tuples that the observation names by tag, under the policy's aliases.</summary>
    public static IEnumerable<ImageReference> NamedTuples(Observation observation, Policy policy)
    {
        foreach (Subject subject in observation.Subjects)
        {
            if (subject.Image is { Tag: not null } image)
            {
                yield return policy.Canonical(image);
            }
        }
    }

    /// <summary>
    /// The digests that the observation anchors to a tuple that it names: the subject's, and an index's children. A
    /// configuration digest anchors nothing.
    /// </summary>
    public static IEnumerable<(ImageReference Tuple, Digest Digest)> Anchors(Observation observation, Policy policy)
    {
        foreach (Subject subject in observation.Subjects)
        {
            if (subject is { Image: { Tag: not null } image, Digest: { } digest } && subject.DigestKind != DigestKind.Config)
            {
                ImageReference tuple = policy.Canonical(image);
                yield return (tuple, digest);
                foreach (Digest child in observation.Children)
                {
                    yield return (tuple, child);
                }
            }
        }
    }

    /// <summary>
    /// The digests by which the observation binds to tuples that anchor them; with coordinates, only to tuples of that
    /// repository. Tag-naming records other than ledger entries speak about their tag alone.
    /// </summary>
    public static IEnumerable<(string? Coordinates, Digest Digest)> BindsBy(Observation observation, Policy policy)
    {
        bool byDigest = observation.Record.Kind is RecordKind.LedgerEntry;
        foreach (Subject subject in observation.Subjects)
        {
            if (subject.Digest is { } digest && (byDigest || subject.Image is null or { Tag: null }))
            {
                yield return (subject.Image is null ? null : policy.Canonical(subject.Image).Coordinates, digest);
            }
        }
    }

    /// <summary>
    /// The index that the observation describes with its children: whoever anchors the index (of that repository) anchors
    /// the children too. An image and the payload that names it are such a pair: whoever anchors the image is told what is
    /// signed under the payload's digest, for a log's <c>hashedrekord</c> knows no other.
    /// </summary>
    public static (string Coordinates, Digest Index, IReadOnlyList<Digest> Children)? IndexOf(Observation observation, Policy policy) =>
        observation is { Children.Count: > 0, Record.Kind: RecordKind.RegistryManifest or RecordKind.SignedPayload or RecordKind.LedgerEntry, Subjects: [{ Image: { } image, Digest: { } index }, ..] }
            ? (policy.Canonical(image).Coordinates, index, observation.Children)
            : null;

    /// <summary>The repository whose every tag the observation speaks about: a repository deletion.</summary>
    public static string? WholeRepository(Observation observation, Policy policy) =>
        observation is { Record.Kind: RecordKind.RegistryRepository, Subjects: [{ Image: { } image }, ..] }
            ? policy.Canonical(image).Coordinates
            : null;
}
