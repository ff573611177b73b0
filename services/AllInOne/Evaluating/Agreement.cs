using ReleaseIntegrity.Core;
using ReleaseIntegrity.Worlds;

namespace ReleaseIntegrity.AllInOne.Evaluating;

/// <summary>How an entry of a ledger stands to the verdict of the truth's steward. The document's names are a contract.</summary>
internal enum Agreement
{
    /// <summary>The same value, the same refusal, the same waiting, or nothing to say.</summary>
    Agrees,

    /// <summary>Held, though the steward accepts a value or still waits for records that are in flight.</summary>
    FalseHold,

    /// <summary>A value, though the conflict is real and no rule settles it.</summary>
    MissedConflict,

    /// <summary>A value, and another than the steward accepts.</summary>
    WrongValue,

    /// <summary>A value, though records are still in flight.</summary>
    Early,

    /// <summary>Converging, though nothing is in flight any more.</summary>
    Late,

    /// <summary>Nothing where the steward has something to say, or something where he hasn't.</summary>
    Other,
}

/// <summary>Compares entries with verdicts.</summary>
internal static class Agreements
{
    /// <summary>How an entry stands to a verdict.</summary>
    public static Agreement Of(FieldEntry entry, Verdict verdict) => (entry.State, verdict.Stand) switch
    {
        (FieldState.Agreed or FieldState.Precedence, Stand.Accept) => entry.Authoritative!.SequenceEqual(verdict.Values, StringComparer.Ordinal) ? Agreement.Agrees : Agreement.WrongValue,
        (FieldState.Agreed or FieldState.Precedence, Stand.Refuse) => Agreement.MissedConflict,
        (FieldState.Agreed or FieldState.Precedence, Stand.Wait) => Agreement.Early,
        (FieldState.Held, Stand.Refuse) => Agreement.Agrees,
        (FieldState.Held, Stand.Accept or Stand.Wait) => Agreement.FalseHold,
        (FieldState.Converging, Stand.Wait) => Agreement.Agrees,
        (FieldState.Converging, Stand.Accept or Stand.Refuse) => Agreement.Late,
        (FieldState.Missing or FieldState.Stale or FieldState.Unreadable, Stand.Silent) => Agreement.Agrees,
        _ => Agreement.Other,
    };
}
