using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Auditing;

/// <summary>What the audit has to know of a policy: facts about who is heard, none about who is right.</summary>
public sealed record AuditRules
{
    /// <summary>Per field the sources that the policy hears about it.</summary>
    public required IReadOnlyDictionary<Field, IReadOnlySet<Source>> Heard { get; init; }

    /// <summary>Coordinates that mean others, longest prefix first.</summary>
    public IReadOnlyList<(string From, string To)> Aliases { get; init; } = [];

    /// <summary>How far in the future of its extraction an observation may lie.</summary>
    public required TimeSpan SkewAllowance { get; init; }

    /// <summary>Patterns of predicate types that count, with <c>message-signature</c> for none.</summary>
    public IReadOnlyList<string> PredicateTypes { get; init; } = ["**"];

    /// <summary>Patterns of signers that count; none for all.</summary>
    public IReadOnlyList<string> Signers { get; init; } = [];
}
