using System.Reflection;
using System.Text.RegularExpressions;
using ReleaseIntegrity.Storage;
using ReleaseIntegrity.Tests.Architecture.Reading;

namespace ReleaseIntegrity.Tests.SqlServer.Reading;

/// <summary>One statement that a service sends to SQL Server.</summary>
/// <param name="Name">Where it stands: <c>OutboxStatements.Insert</c>, or the type and the statement's beginning.</param>
/// <param name="Text">The statement.</param>
/// <param name="Rows">The shapes that its <c>@rows</c> may have.</param>
internal sealed record SqlText(string Name, string Text, IReadOnlyList<RowShape> Rows)
{
    /// <inheritdoc/>
    public override string ToString() => Name;
}

/// <summary>
/// All T-SQL of one assembly, read from its compiled code: the members of its <c>…Statements</c> for SQL Server, every
/// other statement, which engines spell alike, and the migrations.
/// </summary>
internal sealed partial class ServiceSql
{
    private const BindingFlags Anything = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance;

    private ServiceSql(Assembly assembly)
    {
        Name = assembly.GetName().Name!;
        Type[] types = [.. assembly.GetTypes().Where(t => !t.Name.Contains('<', StringComparison.Ordinal))];
        Shapes = [.. types.SelectMany(ShapesOf).DistinctBy(s => s.Name)];
        Type[] perEngine = [.. types.Where(t => t.Name.EndsWith("Statements", StringComparison.Ordinal))];
        HashSet<string> owners = [.. perEngine.Select(t => t.FullName!)];
        Statements =
        [
            .. perEngine.SelectMany(Members),
            .. CompiledCode.Of(Name).Texts
                .Where(t => !owners.Contains(t.Type) && Statement().IsMatch(t.Text))
                .Select(t => new SqlText($"{t.Type.Split('.')[^1]}: {Beginning(t.Text)}", t.Text, Shapes)),
        ];
        Migrations =
        [
            .. assembly.GetManifestResourceNames()
                .Where(r => r.StartsWith("migrations/sqlserver/", StringComparison.Ordinal))
                .Order(StringComparer.Ordinal)
                .Select(r => Read(assembly, r)),
        ];
    }

    /// <summary>The assembly's name.</summary>
    public string Name { get; }

    /// <summary>Its statements.</summary>
    public IReadOnlyList<SqlText> Statements { get; }

    /// <summary>The shapes of its batches.</summary>
    public IReadOnlyList<RowShape> Shapes { get; }

    /// <summary>Its scripts in their order, still with <c>{schema}</c>.</summary>
    public IReadOnlyList<string> Migrations { get; }

    /// <summary>The plumbing that every store has.</summary>
    public static ServiceSql Plumbing { get; } = new(typeof(IStore).Assembly);

    /// <summary>The services that have a store.</summary>
    public static IReadOnlyList<ServiceSql> Services { get; } =
    [
        new(Assembly.Load("ReleaseIntegrity.Collectors.Hosting")),
        new(Assembly.Load("ReleaseIntegrity.Handoff")),
    ];

    private static IEnumerable<RowShape> ShapesOf(Type type) => type.ContainsGenericParameters
        ? []
        : type.GetProperties(Anything).Where(p => p.PropertyType.IsAssignableTo(typeof(RowShape)) && p.GetMethod!.IsStatic)
            .Select(p => (RowShape)p.GetValue(null)!)
            .Concat(type.GetFields(Anything).Where(f => f.FieldType.IsAssignableTo(typeof(RowShape)) && f.IsStatic)
                .Select(f => (RowShape)f.GetValue(null)!));

    /// <summary>
    /// The text members, and what <c>Variants()</c> lists where a statement depends on a filter.
    /// </summary>
    private IEnumerable<SqlText> Members(Type type)
    {
        object statements = type.GetMethod("For", Anything)?.Invoke(null, [StoreEngines.SqlServer])
            ?? throw new InvalidOperationException($"{type.Name} has no static member For(string engine)");
        IEnumerable<SqlText> members = type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(p => p.PropertyType == typeof(string) && p.Name != "Engine")
            .Select(p => new SqlText($"{type.Name}.{p.Name}", (string)p.GetValue(statements)!, Shapes));
        IEnumerable<SqlText> variants = ((IEnumerable<(string, string)>?)type.GetMethod("Variants", Anything)?.Invoke(statements, []) ?? [])
            .Select(v => new SqlText($"{type.Name}.{v.Item1}", v.Item2, Shapes));
        return members.Concat(variants);
    }

    private static string Beginning(string text) => Blanks().Replace(text.Trim(), " ") is var line && line.Length > 60 ? line[..60] + "…" : line;

    private static string Read(Assembly assembly, string resource)
    {
        using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!);
        return reader.ReadToEnd();
    }

    /// <summary>The house's SQL is in lower case and starts with its verb.</summary>
    [GeneratedRegex(@"^\s*(with\s+\w+\s*(\([^)]*\)\s*)?as\b|select\s|insert\s+into\s|update\s+\w+\s+set\s|delete\s+from\s|declare\s+@)")]
    private static partial Regex Statement();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();
}
