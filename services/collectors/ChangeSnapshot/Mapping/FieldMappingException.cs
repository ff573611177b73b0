namespace ReleaseIntegrity.Collectors.ChangeSnapshot.Mapping;

/// <summary>A mapping document is refused: the message names file, line and member, what is wrong and how to mend it.</summary>
public sealed class FieldMappingException : FormatException
{
    /// <summary>Creates the refusal.</summary>
    /// <param name="file">The document's name.</param>
    /// <param name="line">Line in it, from 1.</param>
    /// <param name="member">The member, as a dotted path; empty for the document itself.</param>
    /// <param name="problem">What is wrong and how to mend it.</param>
    public FieldMappingException(string file, long line, string member, string problem)
        : base($"{file}({line}): {(member.Length == 0 ? "" : member + ": ")}{problem}")
    {
        File = file;
        Line = line;
        Member = member;
    }

    /// <summary>The document's name.</summary>
    public string File { get; }

    /// <summary>Line in it, from 1.</summary>
    public long Line { get; }

    /// <summary>The member, as a dotted path.</summary>
    public string Member { get; }
}
