namespace ReleaseIntegrity.Handoff.Reading.Meanings;

/// <summary>What the state of a field says, in a sentence. The states are published names; a test has them all.</summary>
internal static class StateMeanings
{
    /// <summary>The sentence; empty for a state that this service is too old to know.</summary>
    public static string Of(string state) => state switch
    {
        "agreed" => "The authority speaks and nobody differs.",
        "precedence" => "Sources differ, and a named rule chose; the others are kept with why they lost.",
        "converging" => "Sources differ or a record is still missing, inside the time that downstream records are allowed to take.",
        "held" => "No value may be chosen until one of the named conditions comes to hold.",
        "missing" => "No source says anything about it.",
        "stale" => "The authority was last heard longer ago than its freshness window, and nobody contradicts it; no value is authoritative.",
        "unreadable" => "The authority says something that can't be read as a value of this field.",
        _ => "",
    };
}
