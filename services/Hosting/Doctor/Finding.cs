namespace ReleaseIntegrity.Hosting.Doctor;

/// <summary>How bad a finding is.</summary>
public enum FindingState
{
    /// <summary>As it should be.</summary>
    Ok,

    /// <summary>The service works, but this should be looked at.</summary>
    Warning,

    /// <summary>The service can't work.</summary>
    Failure,
}

/// <summary>What an examination found.</summary>
/// <param name="Check">What was looked at, in one or two words.</param>
/// <param name="State">How bad it is.</param>
/// <param name="Fact">What is so. No secret, and no value out of a payload.</param>
/// <param name="ToDo">What to do about it; empty where nothing is to be done.</param>
public sealed record Finding(string Check, FindingState State, string Fact, string ToDo = "")
{
    /// <summary>As it should be.</summary>
    public static Finding Ok(string check, string fact) => new(check, FindingState.Ok, fact);

    /// <summary>To be looked at.</summary>
    public static Finding Warning(string check, string fact, string toDo) => new(check, FindingState.Warning, fact, toDo);

    /// <summary>In the way.</summary>
    public static Finding Failure(string check, string fact, string toDo) => new(check, FindingState.Failure, fact, toDo);
}
