using ReleaseIntegrity.Storage;
using ReleaseIntegrity.Storage.SqlServer;

namespace ReleaseIntegrity.Hosting.Doctor;

/// <summary>
/// Whether the store can be opened as the service would open it, its schema is up to date, and its clock and ours agree;
/// whether messages have been waiting in its outbox for long, and on SQL Server what the login may do.
/// It opens the store beside a service that runs, and migrates nothing.
/// </summary>
/// <param name="subject">What it is called in the table.</param>
/// <param name="store">Where it is.</param>
/// <param name="migrations">The service's own scripts.</param>
/// <param name="clock">Our clock.</param>
public sealed class StoreExamination(string subject, StoreOptions store, IReadOnlyList<MigrationSet> migrations, TimeProvider clock) : IExamination
{
    private static readonly TimeSpan Tolerated = TimeSpan.FromSeconds(2);

    /// <inheritdoc/>
    public string Subject => subject;

    /// <inheritdoc/>
    public async Task<IReadOnlyList<Finding>> ExamineAsync(CancellationToken cancellationToken)
    {
        if (store.Engine == StoreEngines.Sqlite && !File.Exists(store.Path))
        {
            return [Finding.Warning(Subject, $"{Path.GetFullPath(store.Path)} is not there yet", "nothing, if the service never ran: it makes the file; else Store:DataFolder names another folder")];
        }

        IStore opened;
        try
        {
            opened = Stores.Open(store.AsGuest(), migrations);
        }
        catch (StoreException taken) when (taken.InUse)
        {
            return [Finding.Ok(Subject, "a process has the file for itself, and so brought its schema up to date")];
        }

        await using IStore open = opened;
        List<Finding> findings = [Finding.Ok(Subject, $"{store.Engine} answers, and its schema is up to date")];
        var outbox = new Outbox(open, new OutboxOptions { Name = subject }, clock);
        findings.Add(StoreFindings.OfBacklog(await outbox.BacklogAsync(cancellationToken), clock.GetUtcNow()));
        if (open is SqlServerStore server)
        {
            findings.Add(StoreFindings.OfPrivileges(await server.PrivilegesAsync(cancellationToken), store.Schema));
            DateTime before = clock.GetUtcNow().UtcDateTime;
            DateTime theirs = await server.ClockAsync(cancellationToken);
            findings.Add(Compare(theirs - before - ((clock.GetUtcNow().UtcDateTime - before) / 2)));
        }

        return findings;
    }

    private static Finding Compare(TimeSpan skew) => skew.Duration() <= Tolerated
        ? Finding.Ok("clock", $"the store's clock and this one agree within {Tolerated.TotalSeconds:0} s")
        : Finding.Warning("clock", $"the store's clock is {skew.TotalSeconds:+0.0;-0.0} s off this one", "let NTP or chrony set both: leases and freshness go by them");
}
