using System.CommandLine;
using Grpc.Core;
using ReleaseIntegrity.Handoff.V1;
using ReleaseIntegrity.Steward.CommandLine;
using ReleaseIntegrity.Steward.Showing;

namespace ReleaseIntegrity.Steward.Commands;

/// <summary>
/// How every decision is taken: show what will be decided, ask, send, say what came of it. The request id is made once and
/// kept through all tries, so that nothing is decided twice; where the answer is lost it is printed for a repetition by hand.
/// </summary>
internal static class Deciding
{
    private static readonly Option<bool> Yes = new("--yes", "-y") { Description = "Don't ask. Needed in a pipe." };
    private static readonly Option<bool> DryRun = new("--dry-run") { Description = "Only let the server check it: nothing is decided." };
    private static readonly Option<string?> RequestId = new("--request-id") { Description = "A UUID: repeats an earlier request without deciding twice. Default: a new one.", HelpName = "UUID" };
    private static readonly Option<string?> Etag = new("--etag") { Description = "Decide only if the package still has this etag. Default: that of the package that is shown.", HelpName = "ETAG" };

    /// <summary>Adds the options of every decision.</summary>
    public static Command With(Command command, bool onPackage = true)
    {
        command.Add(Yes);
        command.Add(DryRun);
        command.Add(RequestId);
        if (onPackage)
        {
            command.Add(Etag);
        }

        return command;
    }

    /// <summary>The etag that the decision is bound to.</summary>
    public static string EtagOf(Session session, CorrectionPackage package) => session.Get(Etag) ?? package.Etag;

    /// <summary>The package's name with its revision: one of several with the same content.</summary>
    public static string NameOf(CorrectionPackage package) => $"{package.Name.Split('@')[0]}@{package.Revision}";

    /// <summary>Asks, decides, and says what came of it.</summary>
    /// <param name="session">The run.</param>
    /// <param name="question">What is asked, e.g. <c>Authorise these 2 writes?</c></param>
    /// <param name="preview">Shows what will be decided.</param>
    /// <param name="send">Sends the request with its id, only to be checked or for good.</param>
    public static async Task<int> RunAsync(Session session, string question, Action<Screen> preview, Func<string, bool, AsyncUnaryCall<Decision>> send)
    {
        string requestId = session.Get(RequestId) ?? Guid.NewGuid().ToString();
        if (!Guid.TryParseExact(requestId, "D", out _))
        {
            throw new UsageException("--request-id wants a UUID, e.g. 7f6c1b9e-51a5-4d0e-9c43-0d1c2f7a8b61");
        }

        bool dryRun = session.Get(DryRun);
        if (!session.Json)
        {
            preview(session.Screen);
        }

        if (!dryRun && !session.Get(Yes))
        {
            if (session.Json && session.Around.IsInputTerminal)
            {
                preview(session.Screen.Over(session.Error));
            }

            if (!await ConfirmAsync(session, question))
            {
                await session.Error.WriteLineAsync("nothing was decided");
                return ExitCodes.Declined;
            }
        }

        try
        {
            Decision decision = await send(requestId, dryRun);
            return session.Show(decision, d => Print(session.Screen, d, dryRun));
        }
        catch (RpcException lost) when (lost.StatusCode is StatusCode.Unavailable or StatusCode.DeadlineExceeded or StatusCode.Unknown or StatusCode.Internal)
        {
            await session.Error.WriteLineAsync(
                $"whether it was decided isn't known. The same command with --request-id {requestId} asks again, and decides at most once.");
            throw;
        }
    }

    private static async Task<bool> ConfirmAsync(Session session, string question)
    {
        if (!session.Around.IsInputTerminal)
        {
            throw new UsageException("nothing was decided: nobody can be asked here. Look at what is shown, then add --yes");
        }

        await session.Error.WriteAsync($"{question} [y/N] ");
        await session.Error.FlushAsync();
        string answer = (await session.Around.Input.ReadLineAsync(session.CancellationToken))?.Trim() ?? "";
        return answer.Equals("y", StringComparison.OrdinalIgnoreCase) || answer.Equals("yes", StringComparison.OrdinalIgnoreCase);
    }

    private static void Print(Screen screen, Decision decision, bool dryRun)
    {
        if (dryRun)
        {
            screen.Line($"{decision.Kind}: the server would take it. Nothing was decided.");
            return;
        }

        screen.Line(decision.State switch
        {
            "awaiting-second-person" => $"{decision.Kind}: awaits a second steward, who authorises the same writes of the same package",
            "confirming" => $"{decision.Kind}: confirmed as the second person",
            _ => $"{decision.Kind}: done",
        }, decision.State == "awaiting-second-person" ? "yellow" : "green");
        screen.Line($"  decision  {decision.Name}");
        if (decision.PackageState != PackageState.Unspecified)
        {
            screen.Line($"  package   {Words.State(decision.PackageState)}");
        }

        if (decision.ExpireTime is not null)
        {
            screen.Line($"  until     {Words.Time(decision.ExpireTime)}, or until the field's candidates change");
        }

        foreach (Repair repair in decision.Repairs)
        {
            screen.Line($"  {repair.State,-9} {repair.Field} of {WriteLines.Target(repair.Target)}", Words.Style(repair.State));
        }
    }
}
