using System.CommandLine;
using ReleaseIntegrity.Handoff.V1;
using ReleaseIntegrity.Steward.CommandLine;
using ReleaseIntegrity.Steward.Showing;

namespace ReleaseIntegrity.Steward.Commands;

/// <summary><c>decide pin</c>, <c>unpin</c> and <c>annotate</c>: decisions on one field.</summary>
internal static class DecideFieldCommand
{
    private static readonly Argument<string> Package = Inputs.Package();
    private static readonly Argument<string> Tuple = Inputs.Tuple();
    private static readonly Argument<string> Field = new("FIELD") { Description = "A field, e.g. manifest-digest." };
    private static readonly Option<int> Candidate = new("--candidate", "-c") { Description = "Number of the candidate, from 0, as ledger explain shows it.", HelpName = "N", Required = true };
    private static readonly Option<string> Expires = new("--expires") { Description = "Until when: a span (8h, 3d) or an instant (RFC 3339).", HelpName = "WHEN", Required = true };
    private static readonly Option<string> Reason = new("--reason") { Description = "Why: it stays in the audit log.", HelpName = "TEXT", Required = true };
    private static readonly Option<string> Note = new("--note") { Description = "The note.", HelpName = "TEXT", Required = true };

    /// <summary><c>decide pin</c>.</summary>
    public static Command Pin(CommandSet set) => set.Add(
        Deciding.With(new Command("pin", "Pick one of a field's candidates until an expiry. It lapses when the candidates change.") { Package, Field, Candidate, Expires, Reason }),
        """
        Role: steward.

        Example:
          steward decide pin 3f9a manifest-digest --candidate 1 --expires 8h --reason 'promotion of B is under way, CHG0030012'
        """,
        PinAsync);

    /// <summary><c>decide unpin</c>.</summary>
    public static Command Unpin(CommandSet set) => set.Add(
        Deciding.With(new Command("unpin", "Take a pin back.") { Tuple, Field, Reason }, onPackage: false),
        """
        Role: steward.

        Example:
          steward decide unpin 3f9a manifest-digest --reason 'the registry names B now'
        """,
        UnpinAsync);

    /// <summary><c>decide annotate</c>.</summary>
    public static Command Annotate(CommandSet set) => set.Add(
        Deciding.With(new Command("annotate", "Put a note on a field; later packages of the tuple show it too.") { Package, Field, Note }),
        """
        Role: steward. Where the note quotes a masked value, it is shown as that value's token.

        Example:
          steward decide annotate 3f9a observed-envelope-id --note 'asked the ledger team, they look into the backfill'
        """,
        AnnotateAsync);

    private static async Task<int> PinAsync(Session session)
    {
        DateTimeOffset expiry = ExpiryOf(session.Get(Expires)!, session.Around.Clock.GetUtcNow());
        CorrectionPackage package = await PackagesCommand.GetAsync(session, session.Get(Package));
        LedgerField field = FieldOf(package, session.Get(Field));
        int number = session.Get(Candidate);
        if (number < 0 || number >= field.Candidates.Count)
        {
            throw new UsageException($"--candidate wants 0 to {field.Candidates.Count - 1}; see: steward ledger explain {package.Tuple.Id} {field.Field}");
        }

        var request = new PinFieldRequest
        {
            Name = Deciding.NameOf(package), Etag = Deciding.EtagOf(session, package), Field = field.Field, Candidate = number,
            Reason = session.Get(Reason)!, ExpireTime = Inputs.Wire(expiry),
        };
        return await Deciding.RunAsync(
            session,
            $"Pin {field.Field} to {Words.Value(field.Candidates[number].Value)}?",
            screen =>
            {
                DecideCommand.Preview(screen, package, "pin");
                screen.Line($"  {field.Field}: {Words.Value(field.Authoritative)} {screen.Symbols.Arrow} {Words.Value(field.Candidates[number].Value)}, until {Words.Time(request.ExpireTime)}", "green");
                screen.Line($"  inverse: steward decide unpin {package.Tuple.Id} {field.Field} --reason TEXT");
                screen.Write(ExplanationPage.Candidates(field, screen.Symbols));
            },
            (id, check) => session.Connection.Decisions.PinFieldAsync(
                new PinFieldRequest(request) { RequestId = id, ValidateOnly = check }, session.Connection.Call));
    }

    private static async Task<int> UnpinAsync(Session session)
    {
        string tuple = await session.Names.TupleAsync(session.Get(Tuple));
        var request = new UnpinFieldRequest { Name = $"tuples/{tuple}/ledger", Field = session.Get(Field), Reason = session.Get(Reason)! };
        return await Deciding.RunAsync(
            session,
            "Take the pin back?",
            screen => screen.Line($"unpin: {request.Field} of tuple {Words.Short(tuple)} is decided by its rules again", "bold"),
            (id, check) => session.Connection.Decisions.UnpinFieldAsync(
                new UnpinFieldRequest(request) { RequestId = id, ValidateOnly = check }, session.Connection.Call));
    }

    private static async Task<int> AnnotateAsync(Session session)
    {
        CorrectionPackage package = await PackagesCommand.GetAsync(session, session.Get(Package));
        LedgerField field = FieldOf(package, session.Get(Field));
        var request = new AnnotateFieldRequest
        {
            Name = Deciding.NameOf(package), Etag = Deciding.EtagOf(session, package), Field = field.Field, Note = session.Get(Note)!,
        };
        return await Deciding.RunAsync(
            session,
            "Put the note there?",
            screen =>
            {
                DecideCommand.Preview(screen, package, "annotate");
                screen.Line($"  {field.Field}: {request.Note}");
            },
            (id, check) => session.Connection.Decisions.AnnotateFieldAsync(
                new AnnotateFieldRequest(request) { RequestId = id, ValidateOnly = check }, session.Connection.Call));
    }

    private static LedgerField FieldOf(CorrectionPackage package, string name) =>
        package.Ledger?.Fields.FirstOrDefault(f => f.Field == name)
        ?? throw new UsageException(
            $"the package has no such field; it has: {string.Join(", ", (package.Ledger?.Fields ?? []).InOrder(f => f.Field).Select(f => f.Field))}");

    private static DateTimeOffset ExpiryOf(string text, DateTimeOffset now) => Inputs.Span(text) is { } span ? now + span
        : Inputs.Time(text) ?? throw new UsageException("--expires wants a span (90min, 8h, 3d) or an instant (2026-03-22T18:00:00Z)");
}
