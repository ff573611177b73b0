using System.CommandLine;
using ReleaseIntegrity.Handoff.V1;
using ReleaseIntegrity.Steward.CommandLine;
using ReleaseIntegrity.Steward.Showing;

namespace ReleaseIntegrity.Steward.Commands;

/// <summary><c>reveal</c>: the values of a field, unmasked.</summary>
internal static class RevealCommand
{
    private static readonly Argument<string> Tuple = Inputs.Tuple();
    private static readonly Argument<string> Field = new("FIELD") { Description = "The field to reveal." };
    private static readonly Option<string> Reason = new("--reason") { Description = "Why, in 10 to 2,000 characters: it stays in the audit log.", HelpName = "TEXT", Required = true };

    /// <summary>The command.</summary>
    public static Command Create(CommandSet set) => set.Add(
        new Command("reveal", "Show the unmasked values of one field. It is in the audit log before it is answered.") { Tuple, Field, Reason },
        """
        Role: discloser. Too many in a while are refused for a while.

        Example:
          steward reveal 3f9a certificate-fingerprint --reason 'compare with the certificate in CHG0030012'
        """,
        RunAsync);

    private static async Task<int> RunAsync(Session session)
    {
        string tuple = await session.Names.TupleAsync(session.Get(Tuple));
        RevealedField revealed = await session.Connection.Audit.RevealFieldAsync(
            new RevealFieldRequest { Name = $"tuples/{tuple}/ledger", Field = session.Get(Field), Reason = session.Get(Reason) }, session.Connection.Call);
        return session.Show(revealed, r =>
        {
            var field = new LedgerField { Field = r.Field, Candidates = { r.Candidates } };
            session.Screen.Line($"{r.Field}, ledger revision {r.LedgerRevision}, unmasked; audit event {r.AuditSequence}", "bold");
            session.Screen.Line($"  stands  {Words.Value(r.Authoritative)}");
            session.Screen.Write(ExplanationPage.Candidates(field, session.Screen.Symbols));
        });
    }
}
