namespace ReleaseIntegrity.AllInOne.CommandLine;

/// <summary>How a command ends. Scripts rely on them.</summary>
internal static class ExitCodes
{
    /// <summary>Done; holds are a result, not a failure.</summary>
    public const int Done = 0;

    /// <summary>Something went wrong that the arguments are not to blame for.</summary>
    public const int Failed = 1;

    /// <summary>Bad usage: an argument, an input, a policy or a key that can't be used.</summary>
    public const int BadUsage = 2;

    /// <summary>With <c>--strict</c>: something was rejected.</summary>
    public const int Rejected = 3;
}
