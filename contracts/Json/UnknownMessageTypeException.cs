namespace ReleaseIntegrity.Contracts.Json;

/// <summary>A message names a type that this version does not know. Trying again can't help; a newer version may.</summary>
public sealed class UnknownMessageTypeException : Exception
{
    /// <summary>With what is unknown, and what to do.</summary>
    public UnknownMessageTypeException(string message)
        : base(message)
    {
    }

    /// <summary>With a message and the cause.</summary>
    public UnknownMessageTypeException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Without a message, as exceptions are expected to have it.</summary>
    public UnknownMessageTypeException()
    {
    }
}
