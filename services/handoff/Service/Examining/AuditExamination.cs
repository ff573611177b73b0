using ReleaseIntegrity.Handoff.Audit;
using ReleaseIntegrity.Handoff.Store;
using ReleaseIntegrity.Hosting.Doctor;
using ReleaseIntegrity.Storage;

namespace ReleaseIntegrity.Handoff.Examining;

/// <summary>Whether the audit log is whole, and its head, to be noted elsewhere. It reads the store beside a service that runs.</summary>
/// <param name="store">Where it is.</param>
public sealed class AuditExamination(StoreOptions store) : IExamination
{
    /// <inheritdoc/>
    public string Subject => "audit log";

    /// <inheritdoc/>
    public async Task<IReadOnlyList<Finding>> ExamineAsync(CancellationToken cancellationToken)
    {
        if (store.Engine == StoreEngines.Sqlite && !File.Exists(store.Path))
        {
            return [Finding.Ok(Subject, "there is none yet")];
        }

        try
        {
            await using IStore open = Stores.Open(store.AsGuest(), HandoffStore.Migrations);
            ChainFinding found = await open.ReadAsync(AuditLog.VerifyAsync, cancellationToken);
            return
            [
                found.FirstBroken == 0
                    ? Finding.Ok(Subject, $"{found.Intact} events, none changed or missing; the head is {found.Head}")
                    : Finding.Failure(Subject, $"event {found.FirstBroken}: {found.Problem}", "keep the store as it is, and compare it with a backup: somebody wrote to it past the service"),
            ];
        }
        catch (StoreException taken) when (taken.InUse)
        {
            return [Finding.Ok(Subject, "a process has the file for itself; ask it: steward audit verify")];
        }
    }
}
