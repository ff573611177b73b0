namespace ReleaseIntegrity.Policies;

/// <summary>One reason why a policy document is refused.</summary>
/// <param name="File">The document's name as the caller gave it.</param>
/// <param name="Line">Line, from 1; 0 where the problem is the file itself.</param>
/// <param name="Column">Column in characters, from 1; 0 where the problem is the file itself.</param>
/// <param name="What">What is wrong.</param>
/// <param name="Fix">What to do about it.</param>
public sealed record PolicyProblem(string File, int Line, int Column, string What, string Fix)
{
    /// <summary><c>file:line:column: what; fix</c>, the shape that editors and terminals make clickable.</summary>
    public override string ToString() =>
        Line == 0 ? $"{File}: {What}; {Fix}" : $"{File}:{Line}:{Column}: {What}; {Fix}";
}
