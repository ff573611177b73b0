namespace ReleaseIntegrity.Auditing;

/// <summary>What became of a conflict in a ledger.</summary>
public enum ConflictRoute
{
    /// <summary>It is on hold.</summary>
    Held,

    /// <summary>A named rule decided it.</summary>
    DecidedByRule,

    /// <summary>It may still settle by itself.</summary>
    Converging,

    /// <summary>None of these: a value stands, and nothing says why.</summary>
    Overwritten,
}

/// <summary>A field of a ledger about which sources differ.</summary>
/// <param name="Field">Its published name.</param>
/// <param name="Route">What became of it.</param>
/// <param name="BeganAt">
/// When the second of the values that differ was received: with that notification the conflict began. Null where the ledger
/// has no times of receipt.
/// </param>
public sealed record Conflict(string Field, ConflictRoute Route, DateTimeOffset? BeganAt);

/// <summary>Reads off a field's entry what became of a conflict about it.</summary>
internal static class ConflictRoutes
{
    /// <summary>The route of a field.</summary>
    /// <param name="state">Its published state.</param>
    /// <param name="hasHold">A hold stands beside it.</param>
    /// <param name="rule">The rule that decided; null for none.</param>
    public static ConflictRoute Of(string? state, bool hasHold, string? rule) => state switch
    {
        "held" when hasHold => ConflictRoute.Held,
        "converging" => ConflictRoute.Converging,
        "precedence" when rule is not null => ConflictRoute.DecidedByRule,
        _ => ConflictRoute.Overwritten,
    };
}
