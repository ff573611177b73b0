namespace ReleaseIntegrity.Steward.Showing;

/// <summary>Text of one line, and how it is coloured where there is colour.</summary>
/// <param name="Text">The text.</param>
/// <param name="Style">A Spectre style, as <c>red</c>; empty for none.</param>
internal readonly record struct Cell(string Text, string Style = "")
{
    public static implicit operator Cell(string text) => new(text);
}

/// <summary>Rows under headings: a table for a person, plain columns for a program.</summary>
/// <param name="headings">The columns' names.</param>
internal sealed class Listing(params string[] headings)
{
    private readonly List<Cell[]> _rows = [];

    /// <summary>The columns' names.</summary>
    public IReadOnlyList<string> Headings => headings;

    /// <summary>The rows, each as wide as the headings.</summary>
    public IReadOnlyList<Cell[]> Rows => _rows;

    /// <summary>Adds a row.</summary>
    public Listing Add(params Cell[] row)
    {
        if (row.Length != headings.Length)
        {
            throw new ArgumentException("a row has a cell for each heading", nameof(row));
        }

        _rows.Add(row);
        return this;
    }
}
