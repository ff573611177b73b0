namespace ReleaseIntegrity.Storage;

/// <summary>
/// What the rows of a batch look like to a statement: on SQLite each column is a parameter of that name, on SQL Server
/// the rows are <c>@rows</c>, of the table type that has the shape's name and these columns in this order.
/// </summary>
public abstract class RowShape
{
    private protected RowShape(string name) => Name = name;

    /// <summary>Name of the table type, without its schema.</summary>
    public string Name { get; }

    /// <summary>The columns, in the order of the table type.</summary>
    public abstract IReadOnlyList<RowColumn> Columns { get; }

    /// <summary>A shape without columns, which its members then add one by one.</summary>
    /// <typeparam name="T">What one row is made of.</typeparam>
    /// <param name="name">Name of the table type, <c>snake_case</c>, without its schema.</param>
    public static RowShape<T> Of<T>(string name) => new(name, []);
}

/// <summary>The shape of batches of <typeparamref name="T"/>: made once, as a static member beside its statements.</summary>
/// <typeparam name="T">What one row is made of.</typeparam>
public sealed class RowShape<T> : RowShape
{
    private readonly RowColumn<T>[] _columns;

    internal RowShape(string name, RowColumn<T>[] columns)
        : base(name) => _columns = columns;

    /// <inheritdoc/>
    public override IReadOnlyList<RowColumn> Columns => _columns;

    internal ReadOnlySpan<RowColumn<T>> Typed => _columns;

    /// <summary>A text of bounded length, such as every key; <c>nvarchar(N)</c>. A longer one is refused.</summary>
    public RowShape<T> Text(string column, int length, Func<T, string?> value) =>
        With(new RowColumn(column, ColumnType.Text) { Length = length }, value);

    /// <summary>A text of any length; <c>nvarchar(max)</c>.</summary>
    public RowShape<T> Text(string column, Func<T, string?> value) => With(new RowColumn(column, ColumnType.Text), value);

    /// <summary>Bytes of any length; <c>varbinary(max)</c>.</summary>
    public RowShape<T> Bytes(string column, Func<T, byte[]?> value) => With(new RowColumn(column, ColumnType.Bytes), value);

    /// <summary>An <c>int</c>.</summary>
    public RowShape<T> Int(string column, Func<T, int?> value) => With(new RowColumn(column, ColumnType.Int), row => value(row));

    /// <summary>A <c>bigint</c>.</summary>
    public RowShape<T> Long(string column, Func<T, long?> value) => With(new RowColumn(column, ColumnType.Long), row => value(row));

    /// <summary>A <c>bit</c>.</summary>
    public RowShape<T> Flag(string column, Func<T, bool?> value) => With(new RowColumn(column, ColumnType.Flag), row => value(row));

    /// <summary>An instant; <c>datetimeoffset(7)</c>.</summary>
    public RowShape<T> Instant(string column, Func<T, DateTimeOffset?> value) =>
        With(new RowColumn(column, ColumnType.Instant), row => value(row));

    /// <summary>A Guid; <c>uniqueidentifier</c>.</summary>
    public RowShape<T> Id(string column, Func<T, Guid?> value) => With(new RowColumn(column, ColumnType.Id), row => value(row));

    private RowShape<T> With(RowColumn column, Func<T, object?> value) =>
        new(Name, [.. _columns, new RowColumn<T>(column, value)]);
}

/// <summary>How a column of a batch is stored.</summary>
public enum ColumnType
{
    /// <summary>Text.</summary>
    Text,

    /// <summary>Bytes.</summary>
    Bytes,

    /// <summary>32 bits.</summary>
    Int,

    /// <summary>64 bits.</summary>
    Long,

    /// <summary>True or false.</summary>
    Flag,

    /// <summary>An instant with all of its 100 ns.</summary>
    Instant,

    /// <summary>A Guid.</summary>
    Id,
}

/// <summary>One column of a batch.</summary>
/// <param name="Name">Its name, <c>snake_case</c>.</param>
/// <param name="Type">How it is stored.</param>
public record RowColumn(string Name, ColumnType Type)
{
    /// <summary>The longest text in UTF-16 units; null without a limit.</summary>
    public int? Length { get; init; }
}

/// <summary>A column, and where its value comes from.</summary>
internal sealed record RowColumn<T> : RowColumn
{
    private readonly Func<T, object?> _value;

    internal RowColumn(RowColumn column, Func<T, object?> value)
        : base(column) => _value = value;

    /// <summary>The row's value. A text that is too long is an error on every engine, rather than cut short on one.</summary>
    internal object? Of(T row)
    {
        object? value = _value(row);
        return value is string text && text.Length > Length
            ? throw new ArgumentException($"{Name} has {text.Length} characters, and may have {Length}")
            : value;
    }
}
