using System.CommandLine;
using ReleaseIntegrity.Handoff.V1;
using ReleaseIntegrity.Steward.CommandLine;
using ReleaseIntegrity.Steward.Showing;

namespace ReleaseIntegrity.Steward.Commands;

/// <summary><c>rebuild</c>: asks the reconciler for all current ledgers and all packages again.</summary>
internal static class RebuildCommand
{
    private static readonly Option<string?> RequestId = new("--request-id") { Description = "A UUID: repeats an earlier request. Default: a new one.", HelpName = "UUID" };

    /// <summary>The command.</summary>
    public static Command Create(CommandSet set) => set.Add(
        new Command("rebuild", "Have all current ledgers and all packages sent to the handoff again.") { RequestId },
        """
        Role: admin, for all repositories. For a handoff whose store was lost or is behind. What is there stays as it is, what is
        missing comes back; decisions, notes and the audit log stay. It goes on by itself, also over restarts; the reconciler
        says how far it is at GET /rebuilds.

        Examples:
          steward rebuild
          steward rebuild --request-id 7f6c1b9e-51a5-4d0e-9c43-0d1c2f7a8b61      repeat one whose answer was lost
        """,
        RunAsync);

    private static async Task<int> RunAsync(Session session)
    {
        string id = session.Get(RequestId) ?? Guid.NewGuid().ToString("D");
        if (!Guid.TryParseExact(id, "D", out _))
        {
            throw new UsageException("--request-id wants a UUID, e.g. 7f6c1b9e-51a5-4d0e-9c43-0d1c2f7a8b61");
        }

        RebuildResponse asked = await session.Connection.Handoff.RebuildAsync(new RebuildRequest { RequestId = id }, session.Connection.Call);
        return session.Show(asked, a => session.Screen.Line($"asked for at {Words.Time(a.RequestTime)}, request {id}"));
    }
}
