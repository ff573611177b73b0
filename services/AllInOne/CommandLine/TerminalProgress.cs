using System.Diagnostics;
using System.Globalization;
using ReleaseIntegrity.AllInOne.Offline;
using Spectre.Console;

namespace ReleaseIntegrity.AllInOne.CommandLine;

/// <summary>
/// One line on stderr that says how far a stage is, rewritten a few times a second; nothing where stderr is no terminal, so
/// that log files stay clean.
/// </summary>
internal sealed class TerminalProgress : IProgressReport, IDisposable
{
    private const int Cells = 24;

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    private readonly Action<string> _writeLine;
    private readonly IAnsiConsole? _terminal;
    private readonly Stopwatch _sinceShown = Stopwatch.StartNew();
    private string _stage = "";
    private int _total;
    private int _done;
    private bool _shown;

    /// <summary>Progress on <paramref name="error"/>, where that is the process's own stderr and a terminal.</summary>
    public TerminalProgress(TextWriter error)
    {
        _writeLine = error.WriteLine;
        if (ReferenceEquals(error, Console.Error) && !Console.IsErrorRedirected)
        {
            IAnsiConsole terminal = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(error) });
            _terminal = terminal.Profile.Capabilities.Ansi ? terminal : null;
        }
    }

    /// <inheritdoc/>
    public void Begin(string stage, int total) => (_stage, _total, _done) = (stage, total, 0);

    /// <inheritdoc/>
    public void Advance(int count)
    {
        _done += count;
        if (_terminal is null || _sinceShown.Elapsed < Interval)
        {
            return;
        }

        _sinceShown.Restart();
        _shown = true;
        double share = _total == 0 ? 1 : (double)_done / _total;
        _terminal.Write(new ControlCode("\r\u001b[2K"));
        _terminal.Markup(string.Create(CultureInfo.InvariantCulture, $"[grey]{_stage}[/] {Bar(share)} {_done:N0} of {_total:N0} [grey]({share:P0})[/]"));
    }

    /// <inheritdoc/>
    public void Warn(string message)
    {
        Clear();
        _writeLine(message);
    }

    /// <inheritdoc/>
    public void Dispose() => Clear();

    private static string Bar(double share)
    {
        int full = (int)(Math.Clamp(share, 0, 1) * Cells);
        return $"{new string('━', full)}[grey]{new string('─', Cells - full)}[/]";
    }

    private void Clear()
    {
        if (_shown)
        {
            _terminal!.Write(new ControlCode("\r\u001b[2K"));
            _shown = false;
        }
    }
}
