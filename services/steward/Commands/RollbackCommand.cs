using System.CommandLine;
using ReleaseIntegrity.Handoff.V1;
using ReleaseIntegrity.Steward.CommandLine;
using ReleaseIntegrity.Steward.Showing;

namespace ReleaseIntegrity.Steward.Commands;

/// <summary><c>rollback</c>: the way back of a package's repairs.</summary>
internal static class RollbackCommand
{
    private static readonly Argument<string> Package = Inputs.Package();

    /// <summary>The command.</summary>
    public static Command Create(CommandSet set) => set.Add(
        new Command("rollback", "Show the way back of a package's observed repairs. It does nothing itself.") { Package },
        """
        Role: steward. Refused where a target has moved since: then the way back would overwrite what somebody else wrote.

        Examples:
          steward rollback 3f9a@2
          steward rollback 3f9a@2 --json > rollback.json
        """,
        RunAsync);

    private static async Task<int> RunAsync(Session session)
    {
        // `latest` stands for whatever comes next; the way back is of one package.
        CorrectionPackage package = await PackagesCommand.GetAsync(session, session.Get(Package));
        Rollback rollback = await session.Connection.Decisions.GetRollbackAsync(
            new GetRollbackRequest { Name = Deciding.NameOf(package) }, session.Connection.Call);
        return session.Show(rollback, r =>
        {
            session.Screen.Line($"way back of {r.Package}: {Words.Count(r.Writes.Count, "write")}", "bold");
            WriteLines.Print(session.Screen, r.Writes);
        });
    }
}
