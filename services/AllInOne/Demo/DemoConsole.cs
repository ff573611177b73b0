using Spectre.Console;

namespace ReleaseIntegrity.AllInOne.Demo;

/// <summary>The console that the demo writes to.</summary>
internal static class DemoConsole
{
    /// <summary>Wide enough for the ledger where nobody says how wide the screen is.</summary>
    private const int WidthInFiles = 150;

    /// <summary>A console on a writer.</summary>
    public static IAnsiConsole Create(TextWriter output)
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output) });
        if (Console.IsOutputRedirected || !ReferenceEquals(output, Console.Out))
        {
            console.Profile.Width = WidthInFiles;
        }

        return console;
    }
}
