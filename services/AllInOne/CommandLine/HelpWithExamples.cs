using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace ReleaseIntegrity.AllInOne.CommandLine;

/// <summary>The generated help of a command, and below it what only a person can say: examples, exit codes, where to go on.</summary>
internal sealed class HelpWithExamples(HelpAction generated, IReadOnlyDictionary<Command, string> notes) : SynchronousCommandLineAction
{
    /// <summary>Adds notes to the help of commands.</summary>
    public static void AddTo(RootCommand root, IReadOnlyDictionary<Command, string> notes)
    {
        HelpOption help = root.Options.OfType<HelpOption>().Single();
        help.Action = new HelpWithExamples((HelpAction)help.Action!, notes);
    }

    /// <inheritdoc/>
    public override int Invoke(ParseResult parseResult)
    {
        int code = generated.Invoke(parseResult);
        if (notes.TryGetValue(parseResult.CommandResult.Command, out string? text))
        {
            parseResult.InvocationConfiguration.Output.WriteLine(text);
        }

        return code;
    }
}
