using System.Reflection;
using ReleaseIntegrity.Storage;

namespace ReleaseIntegrity.Tests.SqlServer.Reading;

/// <summary>One statement that a service sends to SQL Server.</summary>
/// <param name="Name">Where it stands: <c>OutboxStatements.Insert</c>.</param>
/// <param name="Text">The statement.</param>
/// <param name="Rows">The shapes that its <c>@rows</c> may have.</param>
internal sealed record SqlText(string Name, string Text, IReadOnlyList<RowShape> Rows)
{
    /// <inheritdoc/>
    public override string ToString() => Name;
}

/// <summary>
/// All T-SQL of one assembly: the members of its <c>…Statements</c>, in the spelling of SQL Server, and the migrations. That
/// SQL stands nowhere else is for <c>tests/Architecture</c> to see.
/// </summary>
internal sealed class ServiceSql
{
    private const BindingFlags Anything = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance;
    private const BindingFlags Published = BindingFlags.Public | BindingFlags.Static | BindingFlags.Instance;

    private readonly string _engine;

    private ServiceSql(Assembly assembly, string engine)
    {
        _engine = engine;
        Name = assembly.GetName().Name!;
        Type[] types = [.. assembly.GetTypes().Where(t => !t.Name.Contains('<', StringComparison.Ordinal))];
        Shapes = [.. types.SelectMany(ShapesOf).DistinctBy(s => s.Name)];
        Statements = [.. types.Where(t => t.Name.EndsWith("Statements", StringComparison.Ordinal)).SelectMany(Members)];
        Migrations =
        [
            .. assembly.GetManifestResourceNames()
                .Where(r => r.StartsWith($"migrations/{engine}/", StringComparison.Ordinal))
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
    public static ServiceSql Plumbing { get; } = new(typeof(IStore).Assembly, StoreEngines.SqlServer);

    /// <summary>The services that have a store.</summary>
    public static IReadOnlyList<ServiceSql> Services { get; } =
    [
        new(Assembly.Load("ReleaseIntegrity.Collectors.Hosting"), StoreEngines.SqlServer),
        new(Assembly.Load("ReleaseIntegrity.Reconciler"), StoreEngines.SqlServer),
        new(Assembly.Load("ReleaseIntegrity.Handoff"), StoreEngines.SqlServer),
    ];

    /// <summary>The same in SQLite's spelling, without what is asked of SQL Server alone.</summary>
    public ServiceSql OnSqlite => new(Assembly.Load(Name), StoreEngines.Sqlite);

    private static IEnumerable<RowShape> ShapesOf(Type type) => type.ContainsGenericParameters
        ? []
        : type.GetProperties(Anything).Where(p => p.PropertyType.IsAssignableTo(typeof(RowShape)) && p.GetMethod!.IsStatic)
            .Select(p => (RowShape)p.GetValue(null)!)
            .Concat(type.GetFields(Anything).Where(f => f.FieldType.IsAssignableTo(typeof(RowShape)) && f.IsStatic)
                .Select(f => (RowShape)f.GetValue(null)!));

    /// <summary>
    /// The text members, and what <c>Variants()</c> lists where a statement depends on a filter. Private ones are parts.
    /// </summary>
    private IEnumerable<SqlText> Members(Type type)
    {
        if (type.Name == "SqlServerStatements" && _engine != StoreEngines.SqlServer)
        {
            return [];
        }

        object? statements = type.GetMethod("For", Anything)?.Invoke(null, [_engine]);
        if (statements is null && !type.IsAbstract)
        {
            throw new InvalidOperationException($"{type.Name} has no static member For(string engine)");
        }

        var variants = (IEnumerable<(string Name, string Text)>?)type.GetMethod("Variants", Anything)?.Invoke(statements, []) ?? [];
        if (!variants.Any() && type.GetMethods(Published).Any(m => m.ReturnType == typeof(string) && !m.IsSpecialName && m.Name != "ToString"))
        {
            throw new InvalidOperationException($"{type.Name} puts statements together, and has no member Variants() that lists them");
        }

        IEnumerable<(string Name, string Text)> properties = type.GetProperties(Published)
            .Where(p => p.PropertyType == typeof(string) && p.Name != "Engine")
            .Select(p => (p.Name, (string)p.GetValue(statements)!));
        IEnumerable<(string Name, string Text)> constants = type.GetFields(Published)
            .Where(f => f.FieldType == typeof(string))
            .Select(f => (f.Name, (string)f.GetValue(null)!));
        return properties.Concat(constants).Concat(variants).Select(s => new SqlText($"{type.Name}.{s.Name}", s.Text, Shapes));
    }

    private static string Read(Assembly assembly, string resource)
    {
        using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!);
        return reader.ReadToEnd();
    }
}
