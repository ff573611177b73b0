namespace ReleaseIntegrity.Storage.SqlServer;

/// <summary>What a login may do, as the server says itself.</summary>
public sealed record SqlServerPrivileges
{
    /// <summary>Read rows of the service's schema.</summary>
    public bool MaySelect { get; init; }

    /// <summary>Insert rows there.</summary>
    public bool MayInsert { get; init; }

    /// <summary>Change rows there.</summary>
    public bool MayUpdate { get; init; }

    /// <summary>Delete rows there.</summary>
    public bool MayDelete { get; init; }

    /// <summary>Use table types there.</summary>
    public bool MayExecute { get; init; }

    /// <summary>Change the schema itself: for the migrator, not for the service.</summary>
    public bool MayAlter { get; init; }

    /// <summary>Anything, on the whole server.</summary>
    public bool IsAdministrator { get; init; }

    /// <summary>How many other schemas of the database it may read.</summary>
    public int OtherSchemas { get; init; }

    /// <summary>What the service needs and the login may not do, as <c>grant</c> spells it.</summary>
    public IReadOnlyList<string> Missing =>
    [
        .. new[] { ("select", MaySelect), ("insert", MayInsert), ("update", MayUpdate), ("delete", MayDelete), ("execute", MayExecute) }
            .Where(p => !p.Item2)
            .Select(p => p.Item1),
    ];
}
