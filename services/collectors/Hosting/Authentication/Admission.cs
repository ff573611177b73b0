namespace ReleaseIntegrity.Collectors.Hosting.Authentication;

/// <summary>What a request's credential comes to. The published names are values of a metric.</summary>
internal enum Admission
{
    Admitted,

    /// <summary>None was shown: 401.</summary>
    Missing,

    /// <summary>A wrong one was shown: 401.</summary>
    Wrong,

    /// <summary>The time that it states is out of the window: 401.</summary>
    Untimely,

    /// <summary>None is configured, and the request isn't one of a program on this machine: 403.</summary>
    NotLocal,

    /// <summary>It can't be judged at the moment, because the issuer's keys can't be read: 503.</summary>
    Undecided,
}
