using System.Text;
using ReleaseIntegrity.AllInOne.Offline;
using ReleaseIntegrity.Export;
using ReleaseIntegrity.Handoff.Access;
using ReleaseIntegrity.Masking;
using ReleaseIntegrity.Storage;

namespace ReleaseIntegrity.AllInOne.Hosting;

/// <summary>The folder that holds everything: one SQLite file per service, the token key, and settings if there are any.</summary>
internal sealed class DataFolder
{
    private const string KeyFile = "token.key";
    private const string SigningKeyFile = "signing.key";
    private const string ExportKeyFile = "export.key";
    private const string TokenFile = "handoff.token";

    private DataFolder(string path) => Path = path;

    /// <summary>What in it only its owner may read.</summary>
    public static IReadOnlyList<string> SecretFiles => [KeyFile, SigningKeyFile, ExportKeyFile, TokenFile];

    /// <summary>Full path.</summary>
    public string Path { get; }

    /// <summary>Settings of the collectors, credentials above all; need not be there.</summary>
    public string SettingsFile => System.IO.Path.Combine(Path, "settings.json");

    /// <summary>Secrets, a file per setting (<c>Collectors__Credential__Secrets__0</c>); need not be there.</summary>
    public string SecretsFolder => System.IO.Path.Combine(Path, "secrets");

    /// <summary>A token for every role and repository, made at the first start: for whoever may read this folder.</summary>
    public string HandoffTokenFile => System.IO.Path.Combine(Path, TokenFile);

    /// <summary>The handoff's store.</summary>
    public StoreOptions Handoff
    {
        get
        {
            var store = StoreOptions.Of("handoff");
            store.DataFolder = Path;
            return store;
        }
    }

    /// <summary>Opens the folder, and makes it where it is missing.</summary>
    /// <exception cref="UsageException">It can't be made.</exception>
    public static DataFolder Open(string path)
    {
        try
        {
            // What sources said is nobody else's business.
            string full = System.IO.Path.GetFullPath(path);
            if (OperatingSystem.IsWindows())
            {
                Directory.CreateDirectory(full);
            }
            else
            {
                Directory.CreateDirectory(full, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            }

            return new DataFolder(full);
        }
        catch (Exception bad) when (bad is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new UsageException($"--data '{path}' can't be used: {bad.Message}");
        }
    }

    /// <summary>The key under which values become tokens, made at the first start.</summary>
    /// <exception cref="UsageException">The key file is damaged.</exception>
    public TokenKey TokenKey()
    {
        string file = System.IO.Path.Combine(Path, KeyFile);
        try
        {
            if (!File.Exists(file))
            {
                Write(file, Masking.TokenKey.Generate().Export());
            }

            return Masking.TokenKey.Read(file);
        }
        catch (TokenKeyException bad)
        {
            throw new UsageException(bad.Message);
        }
    }

    /// <summary>The key that signs tokens for the handoff, made at the first start.</summary>
    /// <exception cref="UsageException">The key file is damaged.</exception>
    public SigningKey SigningKey()
    {
        string file = System.IO.Path.Combine(Path, SigningKeyFile);
        try
        {
            if (!File.Exists(file))
            {
                Write(file, ReleaseIntegrity.Handoff.Access.SigningKey.Generate().Export());
            }

            return ReleaseIntegrity.Handoff.Access.SigningKey.Read(file);
        }
        catch (SigningKeyException bad)
        {
            throw new UsageException(bad.Message);
        }
    }

    /// <summary>The key that signs exported packages, made at the first start.</summary>
    /// <exception cref="UsageException">The key file is damaged.</exception>
    public ExportKey ExportKey()
    {
        string file = System.IO.Path.Combine(Path, ExportKeyFile);
        try
        {
            if (!File.Exists(file))
            {
                Write(file, Export.ExportKey.Generate().PrivateKeyPem());
            }

            return Export.ExportKey.Read(file);
        }
        catch (ExportKeyException bad)
        {
            throw new UsageException(bad.Message);
        }
    }

    /// <summary>Keeps a token for every role and repository; it replaces the one before.</summary>
    public void WriteHandoffToken(string token) => Write(HandoffTokenFile, token + "\n");

    /// <summary>Whole or not at all, and readable by nobody else.</summary>
    private static void Write(string file, string text)
    {
        string draft = file + ".new";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using (var stream = new FileStream(draft, options))
        {
            stream.Write(Encoding.ASCII.GetBytes(text));
            stream.Flush(flushToDisk: true);
        }

        File.Move(draft, file, overwrite: true);
    }
}
