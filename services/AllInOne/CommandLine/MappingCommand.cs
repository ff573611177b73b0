using System.CommandLine;
using ReleaseIntegrity.Collectors.ChangeSnapshot.Mapping;
using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.AllInOne.CommandLine;

/// <summary><c>mapping test</c>: what a mapping yields for a payload, and from which place of it.</summary>
internal static class MappingCommand
{
    private static readonly Argument<FileInfo> Payload = new("PAYLOAD")
    {
        Description = "The file of one notification, as the change system sends it or its API answers it.",
    };

    private static readonly Option<string> Format = new("--format", "-f")
    {
        Description = $"The payload's format: {string.Join(", ", FieldMappings.Formats)}.",
        HelpName = "FORMAT",
        Required = true,
    };

    private static readonly Option<string?> MappingFile = new("--mapping", "-m")
    {
        Description = "The mapping document to try. Default: the shipped mapping of the format.",
        HelpName = "FILE",
    };

    private static readonly Option<string[]> Headers = new("--header")
    {
        Description = "A header of the notification, as 'Name: value'; GitHub's X-GitHub-Event for example.",
        HelpName = "HEADER",
    };

    /// <summary>What the generated help can't say.</summary>
    public const string Notes = """
        For each item of the payload: what each expression of the mapping chooses, with its place (decode steps and JSON
        Pointer), and what the item then says. Values are shown as they are, unmasked.

        Exit codes:
          0  read     1  the payload can't be read     2  bad usage or mapping

        Examples:
          mapping test change.json --format servicenow --mapping our-servicenow.yaml
          mapping test deployment.json --format github --header 'X-GitHub-Event: deployment'
        """;

    /// <summary>The command, and the one below it.</summary>
    public static Command Create(out Command test)
    {
        test = new Command("test", "Show what a mapping yields for a payload, and from which place of it.") { Payload, Format, MappingFile, Headers };
        test.SetAction(Run);
        return new Command("mapping", "Try mapping documents of change systems.") { test };
    }

    private static int Run(ParseResult parsed)
    {
        TextWriter error = parsed.InvocationConfiguration.Error;
        string format = parsed.GetValue(Format)!;
        if (!FieldMappings.Formats.Contains(format))
        {
            error.WriteLine($"--format '{format}' reads by no mapping; one of {string.Join(", ", FieldMappings.Formats)} is wanted");
            return ExitCodes.BadUsage;
        }

        try
        {
            FieldMappings mappings = FieldMappings.Load(parsed.GetValue(MappingFile) is { } file ? [file] : []);
            var notification = new Notification
            {
                Source = Source.ChangeSnapshot,
                Format = format,
                Body = File.ReadAllBytes(parsed.GetValue(Payload)!.FullName),
                ReceivedAt = DateTimeOffset.UnixEpoch,
                Headers = Split(parsed.GetValue(Headers) ?? []),
            };
            MappingReport.Write(MappingTrial.Of(mappings, notification), parsed.InvocationConfiguration.Output);
            return ExitCodes.Done;
        }
        catch (FieldMappingException refused)
        {
            error.WriteLine(refused.Message);
            return ExitCodes.BadUsage;
        }
        catch (Exception bad) when (bad is IOException or UnauthorizedAccessException)
        {
            error.WriteLine(bad.Message);
            return ExitCodes.Failed;
        }
    }

    private static Dictionary<string, string> Split(string[] headers)
    {
        var split = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string header in headers)
        {
            int colon = header.IndexOf(':', StringComparison.Ordinal);
            split[header[..(colon < 0 ? header.Length : colon)].Trim().ToLowerInvariant()] = colon < 0 ? "" : header[(colon + 1)..].Trim();
        }

        return split;
    }
}
