namespace ReleaseIntegrity.Masking;

/// <summary>
/// How the values of one field are masked: the mask classes of the policy, read from the document by their published
/// names, and one more for values whose field the document doesn't explain.
/// </summary>
internal enum FieldMask
{
    /// <summary>Shown, once scanned for secrets of other fields.</summary>
    None,

    /// <summary><c>sha256:8f4…7ac#token</c>.</summary>
    Digest,

    /// <summary><c>registry.example.com/&lt;repo:token&gt;:tag@sha256:8f4…7ac#token</c>.</summary>
    Reference,

    /// <summary><c>~token</c>.</summary>
    Identifier,

    /// <summary><c>ab1…9fe#token</c>.</summary>
    Fingerprint,

    /// <summary><c>[masked]#token</c>.</summary>
    Text,

    /// <summary>Of an unknown field: a digest as a digest, everything else as text.</summary>
    Unknown,
}
