namespace ReleaseIntegrity.AllInOne.Offline;

/// <summary>The command can't do what it was asked to; the message says why and what to do, one problem per line.</summary>
internal sealed class UsageException(string message) : Exception(message);
