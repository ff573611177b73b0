using System.CommandLine;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using ReleaseIntegrity.Handoff.V1;
using ReleaseIntegrity.Steward.CommandLine;
using ReleaseIntegrity.Steward.Showing;

namespace ReleaseIntegrity.Steward.Commands;

/// <summary><c>packages watch</c>: packages as they come. After a disconnect it goes on where it was, by the stream's token.</summary>
internal static class WatchCommand
{
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    private static readonly Option<string?> Tuple = Inputs.TupleFilter();
    private static readonly Option<string?> Resume = new("--resume") { Description = "Go on behind this token, which an earlier watch printed when it ended.", HelpName = "TOKEN" };
    private static readonly Option<int?> Count = new("--count") { Description = "End after this many packages.", HelpName = "N" };

    /// <summary>The command.</summary>
    public static Command Create(CommandSet set) => set.Add(
        new Command("watch", "Show packages as they are handed off or change, until Ctrl+C.") { Tuple, Resume, Count },
        """
        Role: any. Without --resume it starts with the packages that there are. Where the connection breaks it goes on where it
        was. When it ends it says on stderr how to go on later. With --json each package is one line.

        Examples:
          steward packages watch
          steward packages watch --json | jq -r 'select(.state == "PACKAGE_STATE_PREPARED") | .name'
          steward packages watch --resume TOKEN --count 1
        """,
        RunAsync);

    private static async Task<int> RunAsync(Session session)
    {
        var watch = new Watch(session)
        {
            Parent = session.Get(Tuple) is { } tuple ? $"tuples/{await session.Names.TupleAsync(tuple)}" : "tuples/-",
            Token = session.Get(Resume) ?? "",
            Left = session.Get(Count) ?? int.MaxValue,
        };
        try
        {
            return await watch.RunAsync();
        }
        finally
        {
            if (watch.Token.Length > 0)
            {
                await session.Error.WriteLineAsync($"go on with: steward packages watch --resume {watch.Token}");
            }
        }
    }

    private sealed class Watch(Session session)
    {
        private TimeSpan _pause = session.Around.FirstPause;

        public required string Parent { get; init; }

        public required string Token { get; set; }

        public required int Left { get; set; }

        public async Task<int> RunAsync()
        {
            while (Left > 0)
            {
                try
                {
                    await ReadAsync();
                }
                catch (RpcException broken) when (IsTransient(broken) && !session.CancellationToken.IsCancellationRequested)
                {
                    await session.Error.WriteLineAsync($"the stream broke ({broken.StatusCode}); connecting again in {Words.Span(_pause)}");
                }

                if (Left > 0)
                {
                    await Task.Delay(_pause, session.Around.Clock, session.CancellationToken);
                    _pause = _pause * 2 < LongestPause ? _pause * 2 : LongestPause;
                }
            }

            return ExitCodes.Done;
        }

        private async Task ReadAsync()
        {
            var request = new WatchCorrectionPackagesRequest { Parent = Parent, ResumeToken = Token, HeartbeatInterval = Duration.FromTimeSpan(Heartbeat) };

            // A stream that is silent for several heartbeats is dead, whatever the transport believes.
            using var alive = CancellationTokenSource.CreateLinkedTokenSource(session.CancellationToken);
            alive.CancelAfter(Heartbeat * 4);
            using AsyncServerStreamingCall<WatchCorrectionPackagesResponse> stream =
                session.Connection.Handoff.WatchCorrectionPackages(request, cancellationToken: alive.Token);
            while (Left > 0 && await stream.ResponseStream.MoveNext(alive.Token))
            {
                alive.CancelAfter(Heartbeat * 4);
                _pause = session.Around.FirstPause;
                WatchCorrectionPackagesResponse response = stream.ResponseStream.Current;
                if (response.Package is { } package)
                {
                    Print(package);
                    Left--;
                }

                // Behind the printing: a package that nobody saw is sent again.
                Token = response.ResumeToken;
            }
        }

        private void Print(CorrectionPackage package)
        {
            if (session.Json)
            {
                session.Screen.WriteJsonLine(package);
            }
            else
            {
                session.Screen.Line(PackagePage.Line(package), package.OnHold ? "red" : "");
            }
        }

        private static bool IsTransient(RpcException broken) => broken.StatusCode
            is StatusCode.Unavailable or StatusCode.ResourceExhausted or StatusCode.Internal or StatusCode.Unknown or StatusCode.Cancelled
            or StatusCode.Aborted or StatusCode.DeadlineExceeded;
    }
}
