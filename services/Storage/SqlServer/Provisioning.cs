using System.Text;

namespace ReleaseIntegrity.Storage.SqlServer;

/// <summary>
/// The script that an administrator runs once per service: its schema, a login that serves with the least rights, and one
/// that migrates. The same text is <c>Provision.sql</c> beside this file.
/// </summary>
public static class Provisioning
{
    private const string Resource = "provision.sql";

    /// <summary>
    /// The script, for <c>sqlcmd</c> with the variables <c>Schema</c>, <c>ServicePassword</c> and <c>MigratorPassword</c>.
    /// </summary>
    public static string Script()
    {
        using Stream stream = typeof(Provisioning).Assembly.GetManifestResourceStream(Resource)!;
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd();
    }
}
