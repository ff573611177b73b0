using ReleaseIntegrity.Core;

namespace ReleaseIntegrity.Policies;

/// <summary>What became of a policy document: <see cref="Loaded"/> or <see cref="Refused"/>, nothing in between.</summary>
public abstract record PolicyResult
{
    private PolicyResult()
    {
    }

    /// <summary>The document is complete and sound.</summary>
    public sealed record Loaded(Policy Policy) : PolicyResult;

    /// <summary>The document is refused whole.</summary>
    /// <param name="Problems">At least one, by line and column, at most <see cref="PolicyDocument.MaxProblems"/>.</param>
    public sealed record Refused(IReadOnlyList<PolicyProblem> Problems) : PolicyResult
    {
        /// <summary>One problem per line.</summary>
        public override string ToString() => string.Join('\n', Problems);
    }
}
