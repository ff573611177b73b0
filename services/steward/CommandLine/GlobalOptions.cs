using System.CommandLine;

namespace ReleaseIntegrity.Steward.CommandLine;

/// <summary>What every command takes.</summary>
internal static class GlobalOptions
{
    /// <summary>The server.</summary>
    public static readonly Option<string?> Server = new("--server", "-s")
    {
        Description = "The handoff's address, e.g. https://handoff.example.com. Default: STEWARD_SERVER, else that of login, else http://127.0.0.1:7420.",
        HelpName = "URL",
        Recursive = true,
    };

    /// <summary>The credential.</summary>
    public static readonly Option<string?> TokenFile = new("--token-file")
    {
        Description = "The file that holds the token. Default: STEWARD_TOKEN_FILE, else the token of login, for the server that it was made for.",
        HelpName = "FILE",
        Recursive = true,
    };

    /// <summary>Form of the output.</summary>
    public static readonly Option<bool> Json = new("--json")
    {
        Description = "Print what the server answered, as JSON (the protobuf mapping).",
        Recursive = true,
    };

    /// <summary>Symbols.</summary>
    public static readonly Option<bool> Ascii = new("--ascii")
    {
        Description = "Nothing but ASCII. Default where the terminal can't show more.",
        Recursive = true,
    };

    /// <summary>Deadline of a call.</summary>
    public static readonly Option<int> TimeoutSeconds = new("--timeout")
    {
        Description = "How many seconds a call may take.",
        HelpName = "SECONDS",
        DefaultValueFactory = _ => 30,
        Recursive = true,
    };

    static GlobalOptions() => TimeoutSeconds.Validators.Add(result =>
    {
        if (result.Tokens.Count == 1 && int.TryParse(result.Tokens[0].Value, out int seconds) && seconds is < 1 or > 3600)
        {
            result.AddError("--timeout wants 1 to 3600 seconds");
        }
    });

    /// <summary>Adds them to the root.</summary>
    public static void AddTo(RootCommand root)
    {
        root.Add(Server);
        root.Add(TokenFile);
        root.Add(Json);
        root.Add(Ascii);
        root.Add(TimeoutSeconds);
    }
}
