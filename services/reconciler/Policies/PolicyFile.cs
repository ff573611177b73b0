using ReleaseIntegrity.Core;

namespace ReleaseIntegrity.Policies;

/// <summary>Policies as files, and the one that ships with the product.</summary>
public static class PolicyFile
{
    /// <summary>Name of the shipped policy, beside the assembly and within it.</summary>
    public const string DefaultName = "default-policy.yaml";

    private static readonly Lazy<Policy> Shipped = new(LoadShipped);

    /// <summary>The shipped policy: the scenario's precedence table.</summary>
    public static Policy Default() => Shipped.Value;

    /// <summary>The shipped policy's bytes, for whoever wants a file to start from.</summary>
    public static byte[] DefaultBytes()
    {
        using Stream stream = typeof(PolicyFile).Assembly.GetManifestResourceStream(DefaultName)
            ?? throw new InvalidOperationException($"{DefaultName} is not embedded: the build is broken");
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return bytes.ToArray();
    }

    /// <summary>Reads and checks a policy file. Never throws: a file that can't be read is a problem like any other.</summary>
    public static PolicyResult Load(string path)
    {
        try
        {
            using FileStream file = File.OpenRead(path);

            // One byte more than allowed is enough to know, whatever the file claims its length to be (a pipe has none).
            byte[] buffer = new byte[PolicyDocument.MaxBytes + 1];
            int length = file.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
            return PolicyDocument.Parse(buffer[..length], path);
        }
        catch (Exception bad) when (bad is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            var problems = new ProblemList(path);
            problems.Add(Position.None, $"can't be read: {Reason(bad)}", $"check the path, or leave it out to use {DefaultName}");
            return problems.Refuse();
        }
    }

    private static string Reason(Exception bad) => bad switch
    {
        FileNotFoundException or DirectoryNotFoundException => "there is no such file",
        UnauthorizedAccessException => "it is a folder, or its permissions forbid it",
        ArgumentException or NotSupportedException => "the path is malformed",
        _ => bad.GetType().Name,
    };

    private static Policy LoadShipped() => PolicyDocument.Parse(DefaultBytes(), DefaultName) switch
    {
        PolicyResult.Loaded loaded => loaded.Policy,
        PolicyResult refused => throw new InvalidOperationException($"the shipped policy is broken:\n{refused}"),
    };
}
