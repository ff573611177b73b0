using System.Runtime.CompilerServices;

namespace ReleaseIntegrity.Simulation.Deterministic.Machinery;

/// <summary>What happened, line by line, for whoever replays a case; where nobody reads it, lines are not even put together.</summary>
internal sealed class Trace(TextWriter? writer)
{
    private int _lines;

    public bool IsRead => writer is not null;

    public void Add([InterpolatedStringHandlerArgument("")] Line line)
    {
        if (writer is not null)
        {
            writer.WriteLine($"{_lines++,5} {line.Text}");
        }
    }

    /// <summary>A line that is put together only where it is read.</summary>
    [InterpolatedStringHandler]
    internal ref struct Line
    {
        private DefaultInterpolatedStringHandler _text;

        public Line(int literals, int holes, Trace trace, out bool isRead)
        {
            isRead = trace.IsRead;
            _text = isRead ? new DefaultInterpolatedStringHandler(literals, holes) : default;
        }

        public string Text => _text.ToStringAndClear();

        public void AppendLiteral(string text) => _text.AppendLiteral(text);

        public void AppendFormatted<T>(T value) => _text.AppendFormatted(value);
    }
}
