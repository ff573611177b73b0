using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Collectors.Formats.Registry;

/// <summary>The members that identify what a registry's event is about, checked alike in every format.</summary>
public static class RegistryMembers
{
    /// <summary>Reason of an item whose digest is none.</summary>
    public const string NotADigest =
        "digest is not an OCI digest (sha256:, sha384: or sha512: and 64, 96 or 128 lower-case hex digits)";

    /// <summary>Reason of an item that names no registry.</summary>
    public const string NoHost = "the payload names no registry host, and the endpoint has no instance configured";

    /// <summary>The rejection of an item that states an identifying member twice; null where it does not.</summary>
    public static NormalisedItem.Rejected? FindDuplicate(Node node, params ReadOnlySpan<string> members)
    {
        foreach (string member in members)
        {
            if (node.HasDuplicate(member))
            {
                return node[member].Reject($"{member} is stated more than once");
            }
        }

        return null;
    }

    /// <summary>Reads repository and tag at a host; the rejection where one of them is not what OCI allows.</summary>
    /// <param name="host">The canonical registry host.</param>
    /// <param name="repository">The node that holds the repository path.</param>
    /// <param name="tag">The node that holds the tag; absent or empty for none.</param>
    /// <param name="image">The coordinates; null where rejected.</param>
    public static NormalisedItem.Rejected? ReadImage(string host, Node repository, Node tag, out ImageReference? image)
    {
        image = null;
        if (!repository.HasValue)
        {
            return repository.Reject("repository is missing");
        }

        if (!ImageReference.IsRepository(repository.String))
        {
            return repository.Reject("repository is not an OCI repository name (lower case, separators between alphanumerics)");
        }

        if (tag.HasValue && !ImageReference.IsTag(tag.String))
        {
            return tag.Reject("tag is not an OCI tag (at most 128 of [A-Za-z0-9_.-])");
        }

        string path = repository.String!;
        path = host == ImageReference.DefaultRegistry && !path.Contains('/', StringComparison.Ordinal) ? "library/" + path : path;
        image = new ImageReference(host, path, tag.HasValue ? tag.String : null);
        return null;
    }
}
