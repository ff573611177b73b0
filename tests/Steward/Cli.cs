using System.CommandLine;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ReleaseIntegrity.Steward;
using ReleaseIntegrity.Steward.CommandLine;

namespace ReleaseIntegrity.Tests.Steward;

/// <summary>A fake handoff on a loopback port, and the command line against it.</summary>
public sealed class Cli : IAsyncDisposable
{
    /// <summary>The present of all runs.</summary>
    public static readonly DateTimeOffset Now = new(2026, 3, 22, 12, 0, 0, TimeSpan.Zero);

    private readonly WebApplication _server;
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("steward-test-");
    private readonly Dictionary<string, string> _variables = [];

    private Cli(WebApplication server, Answers answers)
    {
        _server = server;
        Answers = answers;
        _variables["STEWARD_SERVER"] = Address;
    }

    internal Answers Answers { get; }

    /// <summary>Where the fake listens.</summary>
    public string Address => _server.Urls.Single();

    /// <summary>A folder of the test's own.</summary>
    public string Folder => _folder.FullName;

    /// <summary>Where login writes.</summary>
    public string ConfigFolder => Path.Combine(Folder, "config");

    /// <summary>Starts the fake with the scenario's answers.</summary>
    public static async Task<Cli> StartAsync()
    {
        var answers = new Answers();
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(k => k.Listen(IPAddress.Loopback, 0, l => l.Protocols = HttpProtocols.Http2));
        builder.Services.AddGrpc();
        builder.Services.AddSingleton(answers);
        WebApplication server = builder.Build();
        server.MapGrpcService<FakeHandoffService>();
        server.MapGrpcService<FakeDecisionService>();
        server.MapGrpcService<FakeAuditService>();
        await server.StartAsync();
        Made.Answer(answers);
        return new Cli(server, answers);
    }

    /// <summary>Sets or unsets a variable of the environment of the runs.</summary>
    public Cli With(string variable, string? value)
    {
        if (value is null)
        {
            _variables.Remove(variable);
        }
        else
        {
            _variables[variable] = value;
        }

        return this;
    }

    /// <summary>Writes a file into the folder; the result is its path.</summary>
    public string File(string name, string text)
    {
        string path = Path.Combine(Folder, name);
        System.IO.File.WriteAllText(path, text);
        return path;
    }

    /// <summary>Runs a command in a pipe.</summary>
    public Task<Ended> RunAsync(params string[] args) => RunAsync(new StringReader(""), width: null, args);

    /// <summary>Runs a command on a terminal without colour, with what a person types.</summary>
    public Task<Ended> TypeAsync(string typed, int width, params string[] args) => RunAsync(new StringReader(typed), width, args);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    private async Task<Ended> RunAsync(TextReader input, int? width, string[] args)
    {
        if (width is not null)
        {
            With("NO_COLOR", "1");
        }

        var around = new Surroundings
        {
            Variable = name => _variables.GetValueOrDefault(name),
            ConfigFolder = ConfigFolder,
            Input = input,
            IsInputTerminal = width is not null,
            IsOutputTerminal = width is not null,
            IsUnicode = true,
            Width = width,
            Clock = new Still(),
            FirstPause = TimeSpan.FromMilliseconds(1),
        };
        using var output = new StringWriter();
        using var error = new StringWriter();
        int code = await Program.RunAsync(args, around, new InvocationConfiguration { Output = output, Error = error });
        return new Ended(code, output.ToString().ReplaceLineEndings("\n"), error.ToString().ReplaceLineEndings("\n"));
    }

    /// <summary>A clock whose time stands and whose timers run.</summary>
    private sealed class Still : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => Now;
    }
}

/// <summary>How a run ended.</summary>
public sealed record Ended(int Code, string Output, string Error)
{
    /// <summary>Its output, if it ended well.</summary>
    public string Done()
    {
        Assert.True(Code == 0, $"ended with {Code}: {Error}{Output}");
        return Output;
    }
}
