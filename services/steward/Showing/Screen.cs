using System.Text;
using Google.Protobuf;
using ReleaseIntegrity.Steward.CommandLine;
using Spectre.Console;

namespace ReleaseIntegrity.Steward.Showing;

/// <summary>
/// Where a command writes: tables and colour to a terminal, plain columns to anything else. What the server sent can't
/// steer the terminal: control characters are shown as <c>?</c>.
/// </summary>
internal sealed class Screen
{
    private static readonly JsonFormatter WholeJson = new(JsonFormatter.Settings.Default.WithIndentation());
    private static readonly JsonFormatter LineJson = new(JsonFormatter.Settings.Default);

    private readonly TextWriter _output;
    private readonly Surroundings _around;
    private readonly IAnsiConsole? _console;

    /// <summary>For lines, which the terminal breaks by itself: what was broken here couldn't be pasted.</summary>
    private readonly IAnsiConsole? _lines;

    private Screen(TextWriter output, Surroundings around, Symbols symbols)
    {
        _output = output;
        _around = around;
        Symbols = symbols;
        if (!around.IsOutputTerminal)
        {
            return;
        }

        _console = Open(output, around, symbols);
        _lines = Open(output, around, symbols);
        _lines.Profile.Width = 100_000;
        if (around.Width is { } width)
        {
            _console.Profile.Width = width;
        }
    }

    /// <summary>The signs that it can show.</summary>
    public Symbols Symbols { get; }

    /// <summary>A screen on a writer.</summary>
    public static Screen Create(TextWriter output, Surroundings around, bool ascii) =>
        new(output, around, ascii || !around.IsUnicode ? Symbols.Ascii : Symbols.Unicode);

    /// <summary>The same on another writer.</summary>
    public Screen Over(TextWriter output) => new(output, _around, Symbols);

    /// <summary>A line, however long.</summary>
    public void Line(string text = "", string style = "")
    {
        if (_lines is not null && style.Length > 0)
        {
            _lines.Write(new Text(Fit(text), Style.Parse(style)));
            _lines.WriteLine();
        }
        else
        {
            _output.WriteLine(Fit(text));
        }
    }

    /// <summary>Text as the server gave it, for files: nothing is added or changed.</summary>
    public void Raw(string text) => _output.WriteLine(text);

    /// <summary>Rows.</summary>
    public void Write(Listing listing)
    {
        if (_console is null)
        {
            Columns(listing);
            return;
        }

        var table = new Table { Border = Symbols.IsUnicode ? TableBorder.Rounded : TableBorder.Ascii };
        foreach (string heading in listing.Headings)
        {
            // Names and ids are looked for and pasted: their column is never broken.
            table.AddColumn(new TableColumn(new Text(heading)) { NoWrap = table.Columns.Count == 0 });
        }

        foreach (Cell[] row in listing.Rows)
        {
            table.AddRow(row.Select(c => new Text(Fit(c.Text), c.Style.Length == 0 ? Style.Plain : Style.Parse(c.Style))));
        }

        _console.Write(table);
    }

    /// <summary>A message as JSON.</summary>
    public void WriteJson(IMessage message) => _output.WriteLine(WholeJson.Format(message));

    /// <summary>A message as one line of JSON, as streams are written.</summary>
    public void WriteJsonLine(IMessage message)
    {
        _output.WriteLine(LineJson.Format(message));
        _output.Flush();
    }

    private static IAnsiConsole Open(TextWriter output, Surroundings around, Symbols symbols)
    {
        bool plain = around.Variable("NO_COLOR") is not null || around.Variable("TERM") == "dumb";
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(output),
            Ansi = plain ? AnsiSupport.No : AnsiSupport.Detect,
            ColorSystem = plain ? ColorSystemSupport.NoColors : ColorSystemSupport.Detect,
            Interactive = InteractionSupport.No,
        });
        console.Profile.Capabilities.Unicode = symbols.IsUnicode;
        return console;
    }

    /// <summary>Columns that are two blanks apart; no value is cut.</summary>
    private void Columns(Listing listing)
    {
        List<string[]> lines = [[.. listing.Headings], .. listing.Rows.Select(r => r.Select(c => c.Text.Length == 0 ? "-" : Fit(c.Text)).ToArray())];
        int[] widths = [.. Enumerable.Range(0, listing.Headings.Count).Select(c => lines.Max(l => l[c].Length))];
        foreach (string[] line in lines)
        {
            _output.WriteLine(string.Join("  ", line.Select((text, column) => text.PadRight(widths[column]))).TrimEnd());
        }
    }

    private string Fit(string text)
    {
        if (Symbols.IsUnicode ? text.All(c => !char.IsControl(c)) : text.All(c => c is >= ' ' and < '\x7f'))
        {
            return text;
        }

        var fit = new StringBuilder(text.Length);
        foreach (char c in text)
        {
            fit.Append(c switch
            {
                '\n' or '\t' => " ",
                _ when char.IsControl(c) => "?",
                _ when Symbols.IsUnicode || c < 0x7f => c.ToString(),
                '…' => "...",
                '→' => "->",
                '–' or '—' => "-",
                '≠' => "!=",
                _ => "?",
            });
        }

        return fit.ToString();
    }
}
