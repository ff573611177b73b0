using System.CommandLine;

namespace ReleaseIntegrity.Steward.CommandLine;

/// <summary>Collects the commands with what only a person can say about them: the notes below their help.</summary>
/// <param name="around">Passed on to every run.</param>
internal sealed class CommandSet(Surroundings around)
{
    /// <summary>Notes by command.</summary>
    public Dictionary<Command, string> Notes { get; } = [];

    /// <summary>Makes a command run, with notes below its help.</summary>
    /// <param name="command">The command.</param>
    /// <param name="notes">Roles, what the output means, examples. The exit codes follow by themselves.</param>
    /// <param name="run">What it does; the result is the exit code.</param>
    public Command Add(Command command, string notes, Func<Session, Task<int>> run)
    {
        Notes[command] = notes + "\n\n" + ExitCodes.Notes;
        return Session.Attach(command, around, run);
    }
}
