using ReleaseIntegrity.Collectors.Formats;
using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Collectors.ArtifactRegistry.Formats;

/// <summary>
/// A manifest that is known by its digest only: no repository is named. It binds to whatever anchors that digest, and tells
/// there which manifests an index lists; the record's id is the digest alone.
/// </summary>
internal static class UnplacedManifest
{
    public static Observation Observe(string instance, Digest digest, DigestKind kind, Node stated, Lineage lineage) => new()
    {
        Record = new SourceRecord(Source.ArtifactRegistry, instance, RecordKind.RegistryManifest, digest.Text),
        Revision = new Revision(null, null),
        Lineage = lineage,
        Subjects = [new Subject(null, digest, kind, stated.Place)],
    };
}
