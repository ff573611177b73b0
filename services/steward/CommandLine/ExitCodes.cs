namespace ReleaseIntegrity.Steward.CommandLine;

/// <summary>How a command ends. Scripts rely on them: version with care.</summary>
internal static class ExitCodes
{
    /// <summary>Done; holds are a result, not a failure.</summary>
    public const int Done = 0;

    /// <summary>Something went wrong that none of the others says: an I/O failure, a failure within the server.</summary>
    public const int Failed = 1;

    /// <summary>Bad usage: an argument that can't be used, an ambiguous name, a decision in a pipe without <c>--yes</c>.</summary>
    public const int BadUsage = 2;

    /// <summary>What was named isn't there, or is out of the caller's scope.</summary>
    public const int NotFound = 3;

    /// <summary>No credential, or one that doesn't suffice.</summary>
    public const int Denied = 4;

    /// <summary>What stands doesn't allow it: another package stands now, a state, a target that moved.</summary>
    public const int Refused = 5;

    /// <summary>The server can't be reached, is too busy, or didn't answer in time: try again.</summary>
    public const int Unreachable = 6;

    /// <summary>A signature that doesn't verify, or an audit log that was tampered with.</summary>
    public const int NotIntact = 7;

    /// <summary>The person at the terminal said no.</summary>
    public const int Declined = 8;

    /// <summary>Interrupted, as shells count it.</summary>
    public const int Interrupted = 130;

    /// <summary>For the help.</summary>
    public const string Notes = """
        Exit codes:
          0  done (holds are a result, not a failure)   5  refused: another package stands, or its state forbids it
          1  failed                                     6  the server is unreachable, busy or too slow: try again
          2  bad usage                                  7  a signature or the audit log is not intact
          3  not there, or out of your scope            8  you said no
          4  no credential, or not the role         130    interrupted
        """;
}
