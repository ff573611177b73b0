namespace ReleaseIntegrity.Worlds;

/// <summary>What a perfect steward does about one field.</summary>
public enum Stand
{
    /// <summary>Nobody says anything that could be accepted or refused.</summary>
    Silent,

    /// <summary>Accepts a value: all agree, or the rules of precedence decide.</summary>
    Accept,

    /// <summary>Waits: records are still under way, and time is left for them.</summary>
    Wait,

    /// <summary>Refuses to choose: the conflict is real, and no rule settles it.</summary>
    Refuse,
}

/// <summary>The perfect steward's verdict on one field of one artifact at one instant.</summary>
/// <param name="Stand">What he does.</param>
/// <param name="Values">The accepted value, sorted; empty where none is.</param>
/// <param name="Differ">Whether records that count now differ.</param>
/// <param name="Because">Why he waits or refuses, in the words of the hold reasons; null otherwise.</param>
public sealed record Verdict(Stand Stand, IReadOnlyList<string> Values, bool Differ, string? Because)
{
    internal static Verdict Silent { get; } = new(Stand.Silent, [], false, null);

    internal static Verdict Accept(IEnumerable<string> values, bool differ = false) =>
        new(Stand.Accept, [.. values.Distinct().Order(StringComparer.Ordinal)], differ, null);
}
