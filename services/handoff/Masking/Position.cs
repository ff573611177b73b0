namespace ReleaseIntegrity.Masking;

/// <summary>What a string of a document is, judged by where it stands and never by what it holds.</summary>
internal enum Position
{
    /// <summary>A published name, a time, a policy version: shown where it looks like one.</summary>
    Vocabulary,

    /// <summary>
    /// The address of a document: notification, package, policy, hold, write. Addresses are hashes of whole documents
    /// or local names. They contain no secret, and can't be turned back without knowing all of the document.
    /// </summary>
    Address,

    /// <summary>A value of a field; its mask class decides.</summary>
    Value,

    /// <summary>The repository path of the tuple.</summary>
    Repository,

    /// <summary>The instance of a runtime source, which is a cluster.</summary>
    Cluster,

    /// <summary>The id of a source record.</summary>
    RecordId,

    /// <summary>A JSON Pointer.</summary>
    Pointer,

    /// <summary>Anything else: explanations, hosts, revisions. Shown once scanned for secrets.</summary>
    Free,
}

/// <summary>One string's place.</summary>
/// <param name="Position">What it is.</param>
/// <param name="Mask">The mask class of the field that it belongs to.</param>
/// <param name="Source">Published name of the source that the enclosing object names, or null.</param>
internal readonly record struct Place(Position Position, FieldMask Mask, string? Source);
