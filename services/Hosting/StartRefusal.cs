using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Options;
using ReleaseIntegrity.Storage;

namespace ReleaseIntegrity.Hosting;

/// <summary>What keeps a service from starting and can be put right in its settings: told in a few lines, without a stack trace.</summary>
public static class StartRefusal
{
    /// <summary>The reasons, each with its fix; null where the settings are not to blame.</summary>
    public static IReadOnlyList<string>? ReasonsOf(Exception exception) => exception switch
    {
        OptionsValidationException refused => [.. refused.Failures],
        AggregateException several when several.InnerExceptions.All(e => ReasonsOf(e) is not null) =>
            [.. several.InnerExceptions.SelectMany(e => ReasonsOf(e)!)],
        StoreException or ListenException => [exception.Message],
        IOException { InnerException: AddressInUseException } =>
            [$"{exception.Message} Stop what listens there, or choose another: --urls http://127.0.0.1:8081"],
        SocketException => [$"the address to listen on can't be used: {exception.Message}. Choose another: --urls http://127.0.0.1:8080"],
        InvalidOperationException { Source: "Microsoft.Extensions.Configuration.Binder" } => [Unreadable(exception.Message)],
        _ => null,
    };

    // The binder quotes the value, which may be a secret: only the setting's name is passed on.
    private static string Unreadable(string message)
    {
        int at = message.IndexOf("' at '", StringComparison.Ordinal);
        int end = at < 0 ? -1 : message.IndexOf('\'', at + 6);
        return end < 0
            ? "a setting has a value of the wrong kind; services/Hosting/README.md lists them"
            : $"{message[(at + 6)..end]} has a value of the wrong kind; {(message.Contains("Int", StringComparison.Ordinal) ? "write a whole number" : "see its README")}, or remove it to get the default";
    }
}
