namespace ReleaseIntegrity.Hosting;

/// <summary>A service can't or may not listen where it is told to; the message says what to do about it.</summary>
public sealed class ListenException : Exception
{
    /// <summary>With a message only.</summary>
    public ListenException(string message)
        : base(message)
    {
    }

    /// <summary>With a message and the cause.</summary>
    public ListenException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Without a message, as exceptions are expected to have it.</summary>
    public ListenException()
    {
    }
}
