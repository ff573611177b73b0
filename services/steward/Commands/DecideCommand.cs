using System.CommandLine;
using ReleaseIntegrity.Handoff.V1;
using ReleaseIntegrity.Steward.CommandLine;
using ReleaseIntegrity.Steward.Naming;
using ReleaseIntegrity.Steward.Showing;

namespace ReleaseIntegrity.Steward.Commands;

/// <summary><c>decide acknowledge</c>, <c>authorize</c> and <c>return</c>: decisions on a whole package. Those on a field are in <see cref="DecideFieldCommand"/>.</summary>
internal static class DecideCommand
{
    private static readonly Argument<string> Package = Inputs.Package();
    private static readonly Option<string?> Note = new("--note") { Description = "A note that goes with the decision.", HelpName = "TEXT" };
    private static readonly Option<string> Reason = new("--reason") { Description = "Why: it stays in the audit log.", HelpName = "TEXT", Required = true };
    private static readonly Option<string[]> Write = new("--write") { Description = "Authorise only the write with this id; can be given several times. Default: all.", HelpName = "ID" };

    /// <summary>The command with all below it.</summary>
    public static Command Create(CommandSet set) => new("decide", "Decide on packages. Nothing here writes to a source: whoever owns the record does, and is followed.")
    {
        set.Add(
            Deciding.With(new Command("acknowledge", "Say that you have seen a package and work on it.") { Package, Note }),
            """
            Role: steward.

            Examples:
              steward decide acknowledge 3f9a
              steward decide acknowledge 3f9a@2 --yes --json
            """,
            AcknowledgeAsync),
        set.Add(
            Deciding.With(new Command("authorize", "Authorise the proposed writes of a package, all or some.") { Package, Write, Note }),
            """
            Role: steward. It shows each write from old to new with its inverse, and asks. Where the service wants two persons, the
            first one's authorisation waits for the second's. In scripts, decide on what was seen: --etag, --yes.

            Examples:
              steward decide authorize 3f9a
              steward decide authorize 3f9a --write ID --note 'agreed with the change owner'
              steward decide authorize 3f9a@3 --etag ETAG --yes --json
            """,
            AuthorizeAsync),
        set.Add(
            Deciding.With(new Command("return", "Give a package back: nothing of it is to be written.") { Package, Reason }),
            """
            Role: steward.

            Example:
              steward decide return 3f9a --reason 'the change owner corrects it at the source'
            """,
            ReturnAsync),
        DecideFieldCommand.Pin(set),
        DecideFieldCommand.Unpin(set),
        DecideFieldCommand.Annotate(set),
        DecisionsCommand.Create(set),
    };

    private static async Task<int> AcknowledgeAsync(Session session)
    {
        CorrectionPackage package = await PackagesCommand.GetAsync(session, session.Get(Package));
        var request = new AcknowledgePackageRequest
        {
            Name = Deciding.NameOf(package), Etag = Deciding.EtagOf(session, package), Note = session.Get(Note) ?? "",
        };
        return await Deciding.RunAsync(session, "Acknowledge it?", screen => Preview(screen, package, "acknowledge"), (id, check) =>
            session.Connection.Decisions.AcknowledgePackageAsync(
                new AcknowledgePackageRequest(request) { RequestId = id, ValidateOnly = check }, session.Connection.Call));
    }

    private static async Task<int> AuthorizeAsync(Session session)
    {
        CorrectionPackage package = await PackagesCommand.GetAsync(session, session.Get(Package));
        string[] ids = session.Get(Write) ?? [];
        ProposedWrite[] writes = [.. package.ProposedWrites.Where(w => ids.Length == 0 || ids.Contains(w.Id))];
        if (ids.FirstOrDefault(id => package.ProposedWrites.All(w => w.Id != id)) is not null)
        {
            throw new UsageException($"the package proposes no write with such an id; it has: {string.Join(", ", package.ProposedWrites.Select(w => w.Id))}");
        }

        if (writes.Length == 0)
        {
            throw new UsageException(
                $"the package proposes no write, so that there is nothing to authorise; see what is held: steward packages show {package.Name}", ExitCodes.Refused);
        }

        var request = new AuthorizeRepairRequest
        {
            Name = Deciding.NameOf(package), Etag = Deciding.EtagOf(session, package), Note = session.Get(Note) ?? "", WriteIds = { ids },
        };
        string question = $"Authorise {(writes.Length == 1 ? "this write" : $"these {writes.Length} writes")}?";
        return await Deciding.RunAsync(session, question, screen => Preview(screen, package, "authorize", writes), (id, check) =>
            session.Connection.Decisions.AuthorizeRepairAsync(
                new AuthorizeRepairRequest(request) { RequestId = id, ValidateOnly = check }, session.Connection.Call));
    }

    private static async Task<int> ReturnAsync(Session session)
    {
        CorrectionPackage package = await PackagesCommand.GetAsync(session, session.Get(Package));
        var request = new ReturnPackageRequest
        {
            Name = Deciding.NameOf(package), Etag = Deciding.EtagOf(session, package), Reason = session.Get(Reason)!,
        };
        return await Deciding.RunAsync(session, "Give it back?", screen => Preview(screen, package, "return", package.ProposedWrites), (id, check) =>
            session.Connection.Decisions.ReturnPackageAsync(
                new ReturnPackageRequest(request) { RequestId = id, ValidateOnly = check }, session.Connection.Call));
    }

    /// <summary>What is decided on, and the writes that it is about.</summary>
    public static void Preview(Screen screen, CorrectionPackage package, string kind, IReadOnlyCollection<ProposedWrite>? writes = null)
    {
        screen.Line($"{kind}: package {Words.Short(package.PackageId)} revision {package.Revision} of {Names.Of(package.Tuple)}, {Words.State(package.State)}", "bold");
        if (package.Exceptions.Count > 0)
        {
            screen.Line($"  stays held: {string.Join(", ", package.Exceptions.InOrder(e => e.Field).Select(e => $"{e.Field} ({e.Reason})"))}", "red");
        }

        if (writes is not null)
        {
            WriteLines.Print(screen, writes);
        }
    }
}
