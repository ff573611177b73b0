namespace ReleaseIntegrity.Collectors.Formats;

/// <summary>What a <see cref="Node"/> is.</summary>
public enum NodeKind
{
    /// <summary>The document has nothing at this place.</summary>
    Absent,

    /// <summary>An explicit null.</summary>
    Null,

    /// <summary>A string.</summary>
    String,

    /// <summary>A number, in whatever spelling.</summary>
    Number,

    /// <summary>True or false.</summary>
    Boolean,

    /// <summary>An object.</summary>
    Object,

    /// <summary>An array.</summary>
    Array,

    /// <summary>Bytes: the whole body, or a decoded base64 string.</summary>
    Bytes,

    /// <summary>A decode step that failed; <see cref="Node.Failure"/> says why.</summary>
    Undecodable,
}

/// <summary>Absent is not null, and null is not a value (domain: "Absent is not null").</summary>
public enum Presence
{
    /// <summary>The payload does not carry it: it says nothing.</summary>
    Absent,

    /// <summary>An explicit null, an empty string, array or object: a candidate without a value.</summary>
    Empty,

    /// <summary>A value.</summary>
    Value,
}
