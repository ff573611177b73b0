namespace ReleaseIntegrity.Storage;

/// <summary>A store can not be opened or brought up to date; the message says what to do about it.</summary>
public sealed class StoreException : Exception
{
    /// <summary>Whether there is nothing wrong but that another process has the store for itself.</summary>
    public bool InUse { get; init; }

    /// <summary>With a message only.</summary>
    public StoreException(string message)
        : base(message)
    {
    }

    /// <summary>With a message and the cause.</summary>
    public StoreException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Without a message, as exceptions are expected to have it.</summary>
    public StoreException()
    {
    }
}
