using System.CommandLine;
using Google.Protobuf;
using Grpc.Core;
using ReleaseIntegrity.Steward.Connecting;
using ReleaseIntegrity.Steward.Naming;
using ReleaseIntegrity.Steward.Showing;

namespace ReleaseIntegrity.Steward.CommandLine;

/// <summary>One run of one command: its arguments, its screen, its connection.</summary>
internal sealed class Session : IDisposable
{
    private readonly ParseResult _parsed;
    private readonly Lazy<Connection> _connection;

    private Session(ParseResult parsed, Surroundings around, CancellationToken cancellationToken)
    {
        _parsed = parsed;
        Around = around;
        CancellationToken = cancellationToken;
        Screen = Screen.Create(parsed.InvocationConfiguration.Output, around, parsed.GetValue(GlobalOptions.Ascii));
        Error = parsed.InvocationConfiguration.Error;
        _connection = new Lazy<Connection>(() => Connection.Open(
            Credential.Find(around, parsed.GetValue(GlobalOptions.Server), parsed.GetValue(GlobalOptions.TokenFile)),
            TimeSpan.FromSeconds(parsed.GetValue(GlobalOptions.TimeoutSeconds)),
            cancellationToken));
    }

    /// <summary>Environment and terminal.</summary>
    public Surroundings Around { get; }

    /// <summary>Where results go.</summary>
    public Screen Screen { get; }

    /// <summary>Where everything else goes.</summary>
    public TextWriter Error { get; }

    /// <summary>Ends the run.</summary>
    public CancellationToken CancellationToken { get; }

    /// <summary>Whether the server's answer is wanted as it is.</summary>
    public bool Json => _parsed.GetValue(GlobalOptions.Json);

    /// <summary>The server. Opened on first use.</summary>
    /// <exception cref="UsageException">Address or token file can't be used.</exception>
    public Connection Connection => _connection.Value;

    /// <summary>Finds what arguments name.</summary>
    public Names Names => new(Connection);

    /// <summary>An option's value.</summary>
    public T? Get<T>(Option<T> option) => _parsed.GetValue(option);

    /// <summary>An argument's value.</summary>
    public T Get<T>(Argument<T> argument) => _parsed.GetValue(argument)!;

    /// <summary>Prints an answer: as JSON, or as <paramref name="print"/> does it for a person.</summary>
    public int Show<T>(T answer, Action<T> print)
        where T : IMessage
    {
        if (Json)
        {
            Screen.WriteJson(answer);
        }
        else
        {
            print(answer);
        }

        return ExitCodes.Done;
    }

    /// <summary>Makes a command do something, and turns whatever fails into a message with its fix and an exit code.</summary>
    public static Command Attach(Command command, Surroundings around, Func<Session, Task<int>> run)
    {
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var session = new Session(parsed, around, cancellationToken);
            try
            {
                return await run(session);
            }
            catch (RpcException refused)
            {
                return FailureReport.Write(refused, session);
            }
            catch (UsageException bad)
            {
                await session.Error.WriteLineAsync(bad.Message);
                return bad.ExitCode;
            }
            catch (OperationCanceledException)
            {
                return ExitCodes.Interrupted;
            }
            catch (Exception bad) when (bad is IOException or UnauthorizedAccessException)
            {
                await session.Error.WriteLineAsync(bad.Message);
                return ExitCodes.Failed;
            }
        });
        return command;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_connection.IsValueCreated)
        {
            _connection.Value.Dispose();
        }
    }
}
