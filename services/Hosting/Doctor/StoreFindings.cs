using System.Globalization;
using ReleaseIntegrity.Storage;
using ReleaseIntegrity.Storage.SqlServer;

namespace ReleaseIntegrity.Hosting.Doctor;

/// <summary>What is to be said of what a store was found to be like.</summary>
public static class StoreFindings
{
    private static readonly TimeSpan Tolerated = TimeSpan.FromMinutes(5);

    /// <summary>Messages that wait to be published or confirmed: a backlog is normal, one that grows old is not.</summary>
    public static Finding OfBacklog(OutboxBacklog backlog, DateTimeOffset now)
    {
        if (backlog.OldestCreatedAt is not { } oldest || now - oldest <= Tolerated)
        {
            return Finding.Ok("outbox", $"{Count(backlog.Messages)} wait to be published");
        }

        return Finding.Warning(
            "outbox",
            $"{Count(backlog.Messages)} wait to be published, the oldest for {(now - oldest).TotalMinutes.ToString("0", CultureInfo.InvariantCulture)} min",
            "see that the service runs, that the broker and the service that it sends to do, and look into its log for messages that 'were not taken': it goes on by itself then");
    }

    /// <summary>Whether the service's login may do what the service does, and no more.</summary>
    /// <param name="privileges">What it may do.</param>
    /// <param name="schema">The service's schema.</param>
    public static Finding OfPrivileges(SqlServerPrivileges privileges, string schema)
    {
        if (privileges.Missing.Count > 0)
        {
            string missing = string.Join(", ", privileges.Missing);
            return Finding.Failure(
                "privileges", $"the login may not {missing} in the schema {schema}",
                $"as an administrator: grant {missing} on schema::[{schema}] to [{schema}_service]; or run Provision.sql again");
        }

        string[] excess =
        [
            .. privileges.IsAdministrator ? ["administrate the whole server"] : (string[])[],
            .. privileges.MayAlter ? ["change its schema"] : (string[])[],
            .. privileges.OtherSchemas > 0 ? [$"read {privileges.OtherSchemas.ToString(CultureInfo.InvariantCulture)} other schemas"] : (string[])[],
        ];
        return excess.Length == 0
            ? Finding.Ok("privileges", $"the login may read and change rows of the schema {schema}, and nothing else")
            : Finding.Warning(
                "privileges", $"the login may {string.Join(", ", excess)}: more than the service needs",
                $"serve with the login {schema}_service that Provision.sql makes, and keep this one for 'migrate'");
    }

    private static string Count(long messages) =>
        messages == 1 ? "1 message" : $"{messages.ToString(CultureInfo.InvariantCulture)} messages";
}
