using ReleaseIntegrity.Collectors.ChangeSnapshot.Mapping;
using ReleaseIntegrity.Collectors.Formats;
using ReleaseIntegrity.Collectors.Formats.CdEvents;
using ReleaseIntegrity.Collectors.Formats.Registry;
using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Collectors.ChangeSnapshot;

/// <summary>
/// The approved reference and digest of a change record. Both are typed by people, so each can be missing, empty or
/// malformed by itself; one that can be read is kept.
/// </summary>
internal sealed class ApprovedArtifact
{
    private const string NoReference = "not an image reference (registry/repository:tag, or a package URL of one)";
    private const string NoDigest = "not an OCI digest (sha256:, sha384: or sha512: and lower-case hex)";

    private readonly Node? _imageNode;
    private readonly string? _imageProblem;
    private readonly Node? _digestNode;
    private readonly string? _digestProblem;

    internal ApprovedArtifact(FieldMapping mapping, MappedRecord record)
    {
        (_imageNode, _imageProblem) = ReadImage(mapping.Image, record, out ImageReference? image, out Digest? named);
        Image = image;
        Mapped digest = record.One(mapping.Digest);
        if (!digest.HasValue && named is not null)
        {
            (_digestNode, Digest) = (_imageNode, named);
            return;
        }

        _digestNode = digest.Node;
        if (!digest.HasValue)
        {
            return;
        }

        // The digest member often holds the whole reference, as image tools print it.
        Digest? stated = Contracts.Digest.TryParse(digest.Text?[(digest.Text.IndexOf('@') + 1)..], out Digest parsed) ? parsed : null;
        _digestProblem = digest.Problem ?? (stated is null ? NoDigest
            : named is not null && named != stated ? "the approved reference names another digest"
            : null);
        Digest = _digestProblem is null ? stated : null;
    }

    /// <summary>The reference, where it can be read.</summary>
    internal ImageReference? Image { get; }

    /// <summary>The digest, where it can be read.</summary>
    internal Digest? Digest { get; }

    /// <summary>Whether the record carries anything that is meant to name an artifact.</summary>
    internal bool IsNamed => _imageNode is { HasValue: true } || _digestNode is { HasValue: true };

    /// <summary>Whether what it names can be bound to an artifact tuple: a tag or a digest.</summary>
    internal bool Binds => Digest is not null || Image?.Tag is not null;

    /// <summary>Why nothing that could be bound can be read; null where it can, or where nothing malformed stands in the way.</summary>
    internal NormalisedItem.Rejected? Failure =>
        Binds ? null
        : _digestProblem is not null ? _digestNode!.Reject(_digestProblem)
        : _imageProblem is not null ? _imageNode!.Reject(_imageProblem)
        : null;

    /// <summary>A node that identifies the artifact and is stated twice; null where there is none.</summary>
    internal Node? Ambiguous => new[] { _imageNode, _digestNode }.FirstOrDefault(n => n is { IsAmbiguous: true });

    /// <summary>The subject; null where nothing binds.</summary>
    internal Subject? Subject => Binds
        ? new Subject(Image, Digest, DigestKind.Unknown, (Digest is null ? _imageNode : _digestNode)!.Place)
        : null;

    /// <summary>Adds the readings that follow from reference and digest.</summary>
    internal void Read(Readings readings)
    {
        if (_imageNode is not null)
        {
            _ = Image is not null ? readings.Value(Field.Repository, _imageNode, Image.Coordinates)
                : _imageProblem is not null ? readings.Unreadable(Field.Repository, _imageNode, _imageProblem)
                : readings.Empty(Field.Repository, _imageNode);
        }

        if (_digestNode is null)
        {
            return;
        }

        bool tagged = Image?.Tag is not null;
        if (Digest is { } digest)
        {
            readings.Value(Field.ManifestDigest, _digestNode, digest.Text);
            _ = tagged ? readings.Value(Field.TagToDigest, _digestNode, digest.Text) : readings;
            _ = Image is not null ? readings.Value(Field.ApprovedTuple, _digestNode, $"{Image}@{digest}")
                : _imageProblem is not null ? readings.Unreadable(Field.ApprovedTuple, _imageNode!, _imageProblem)
                : readings;
        }
        else if (_digestProblem is not null)
        {
            readings.Unreadable(Field.ManifestDigest, _digestNode, _digestProblem);
            _ = tagged ? readings.Unreadable(Field.TagToDigest, _digestNode, _digestProblem) : readings;
            readings.Unreadable(Field.ApprovedTuple, _digestNode, _digestProblem);
        }
        else
        {
            readings.Empty(Field.ManifestDigest, _digestNode).Empty(Field.ApprovedTuple, _digestNode);
        }
    }

    private static (Node? Node, string? Problem) ReadImage(
        ImageMapping? mapping, MappedRecord record, out ImageReference? image, out Digest? digest)
    {
        (image, digest) = (null, null);
        if (mapping is null)
        {
            return (null, null);
        }

        Mapped whole = record.One(mapping.Reference ?? mapping.Repository);
        Mapped registry = record.One(mapping.Registry);
        Mapped tag = record.One(mapping.Tag);
        if (!whole.HasValue)
        {
            return (whole.Node, null);
        }

        if (whole.Problem is not null)
        {
            return (whole.Node, whole.Problem);
        }

        // A part that can't be read or contradicts JSON itself makes the whole reference unreadable, at that part.
        foreach (Mapped part in new[] { registry, tag }.Where(p => p.Problem is not null || p.Node is { IsAmbiguous: true }))
        {
            return (part.Node, part.Problem ?? "stated more than once");
        }

        string text = (registry.HasValue ? registry.Text + "/" : "") + whole.Text + (tag.HasValue ? ":" + tag.Text : "");
        if (PackageUrl.Parse(text) is not null)
        {
            ArtifactId? package = ArtifactId.Parse(text);
            (image, digest) = (package?.Image, package?.Digest);
            return (whole.Node, package is null or { Problem: not null } ? NoReference : null);
        }

        return ImageReference.TryParse(text, out image, out digest) ? (whole.Node, null) : (whole.Node, NoReference);
    }
}
