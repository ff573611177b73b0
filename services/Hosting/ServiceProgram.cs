using System.CommandLine;
using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using ReleaseIntegrity.Hosting.Commands;

namespace ReleaseIntegrity.Hosting;

/// <summary>The command line of a service: it serves, unless it is told to do something else.</summary>
public static class ServiceProgram
{
    private const string Notes = """

        Settings are given as --SECTION:NAME VALUE, as SECTION__NAME in the environment, as files SECTION__NAME in
        /run/secrets (--SecretsFolder DIR), or in appsettings.json.

        Exit codes:
          0  stopped, or done     1  failed     2  bad usage or settings     3  doctor: something to look at
        """;

    /// <summary>Runs what the arguments say; the result is the process's exit code (<see cref="ExitCodes"/>).</summary>
    public static async Task<int> RunAsync(string[] args, ServiceParts parts)
    {
        // Nothing that is written or read depends on the language of whoever starts it.
        CultureInfo.CurrentCulture = CultureInfo.DefaultThreadCurrentCulture = CultureInfo.InvariantCulture;
        var root = new RootCommand($"{parts.Summary}\n{Notes}") { TreatUnmatchedTokensAsErrors = false };
        root.SetAction((parsed, _) => RunAsync(parsed, settings => ServeAsync(settings, parts)));
        root.Add(Subcommand("migrate", MigrateCommand.Summary, settings => MigrateCommand.RunAsync(settings, parts)));
        root.Add(Subcommand("doctor", DoctorCommand.Summary, settings => DoctorCommand.RunAsync(settings, parts)));

        foreach (Command own in parts.Commands)
        {
            root.Add(own);
        }

        // The host answers signals itself.
        ParseResult result = root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        return await result.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null, EnableDefaultExceptionHandler = false });
    }

    private static Command Subcommand(string name, string summary, Func<string[], Task<int>> run)
    {
        var command = new Command(name, summary) { TreatUnmatchedTokensAsErrors = false };
        command.SetAction((parsed, _) => RunAsync(parsed, run));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, Func<string[], Task<int>> run)
    {
        string[] settings = [.. parsed.UnmatchedTokens];
        if (Stray(settings) is { } stray)
        {
            string known = string.Join(", ", parsed.RootCommandResult.Command.Children.OfType<Command>().Select(c => c.Name));
            await Console.Error.WriteLineAsync($"'{stray}' is neither a command nor a setting; commands: {known}; a setting is --SECTION:NAME VALUE");
            return ExitCodes.BadSettings;
        }

        try
        {
            return await run(settings);
        }
        catch (Exception e) when (StartRefusal.ReasonsOf(e) is { } reasons)
        {
            foreach (string reason in reasons)
            {
                await Console.Error.WriteLineAsync(reason);
            }

            return ExitCodes.BadSettings;
        }
        catch (Exception e)
        {
            await Console.Error.WriteLineAsync(e.ToString());
            return ExitCodes.Failed;
        }
    }

    private static async Task<int> ServeAsync(string[] settings, ServiceParts parts)
    {
        await using WebApplication app = ServiceDefaults.CreateBuilder(settings, parts).Build();
        app.MapDefaults();
        parts.Map(app);
        await app.StartAsync();
        await app.WaitForShutdownAsync();
        bool died = app.Services.GetServices<IHostedService>().OfType<BackgroundService>().Any(s => s.ExecuteTask?.IsFaulted == true);
        return died ? ExitCodes.Failed : ExitCodes.Done;
    }

    // What is no --setting and no setting's value.
    private static string? Stray(string[] settings)
    {
        for (int i = 0; i < settings.Length; i++)
        {
            bool named = settings[i].StartsWith('-') || settings[i].Contains('=', StringComparison.Ordinal);
            bool valued = i > 0 && settings[i - 1].StartsWith('-') && !settings[i - 1].Contains('=', StringComparison.Ordinal);
            if (!named && !valued)
            {
                return settings[i];
            }
        }

        return null;
    }
}
