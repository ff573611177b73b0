using Mono.Cecil;
using Mono.Cecil.Cil;

namespace ReleaseIntegrity.Tests.Architecture.Reading;

/// <summary>One use of a type or a member, as the compiled code has it.</summary>
/// <param name="Type">Full name of the outermost type whose code uses it: lambdas and iterators count for their owner.</param>
/// <param name="Used">Full name of the used type, without its type arguments.</param>
/// <param name="Member">The used member (<c>get_UtcNow</c>, <c>.ctor</c>), or null where only the type is named.</param>
internal sealed record Use(string Type, string Used, string? Member)
{
    /// <inheritdoc/>
    public override string ToString() => Member is null ? $"{Type} uses {Used}" : $"{Type} uses {Used}.{Member}";
}

/// <summary>One compiled assembly: which types it has, what they use, and the text that they hold.</summary>
internal sealed class CompiledCode
{
    private readonly HashSet<Use> _uses = [];
    private readonly HashSet<(string Type, string Text)> _texts = [];

    private CompiledCode(string name) => Name = name;

    /// <summary>The assembly's simple name.</summary>
    public string Name { get; }

    /// <summary>Full names of its types, nested ones included (<c>Outer/Inner</c>), without those the compiler made.</summary>
    public List<string> Types { get; } = [];

    /// <summary>Full names of the types that implement an interface, by the interface's full name.</summary>
    public ILookup<string, string> Implementations { get; private set; } = Array.Empty<string>().ToLookup(t => t);

    /// <summary>Simple names of the assemblies that it refers to.</summary>
    public List<string> References { get; } = [];

    /// <summary>The embedded text files, by their name.</summary>
    public Dictionary<string, string> Resources { get; } = new(StringComparer.Ordinal);

    public IReadOnlyCollection<Use> Uses => _uses;

    /// <summary>The string literals, with the type whose code holds them.</summary>
    public IReadOnlyCollection<(string Type, string Text)> Texts => _texts;

    /// <summary>All assemblies of the product, from the folder of the test.</summary>
    public static IReadOnlyList<CompiledCode> Product { get; } =
    [
        .. Directory.EnumerateFiles(AppContext.BaseDirectory, "ReleaseIntegrity.*.dll")
            .Where(f => !Path.GetFileName(f).StartsWith("ReleaseIntegrity.Tests.", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .Select(f => Read(f, _ => true)),
    ];

    /// <summary>An assembly of the product.</summary>
    public static CompiledCode Of(string name) => Product.Single(a => a.Name == name);

    /// <summary>Types of this test's own assembly that break a rule on purpose.</summary>
    public static CompiledCode Seeded(params Type[] types)
    {
        HashSet<string> names = [.. types.Select(t => t.FullName!)];
        return Read(typeof(CompiledCode).Assembly.Location, names.Contains);
    }

    private static CompiledCode Read(string path, Func<string, bool> takes)
    {
        using AssemblyDefinition assembly = AssemblyDefinition.ReadAssembly(path);
        var code = new CompiledCode(assembly.Name.Name);
        code.References.AddRange(assembly.MainModule.AssemblyReferences.Select(r => r.Name));
        foreach (EmbeddedResource resource in assembly.MainModule.Resources.OfType<EmbeddedResource>())
        {
            using var reader = new StreamReader(resource.GetResourceStream());
            code.Resources[resource.Name] = reader.ReadToEnd();
        }

        TypeDefinition[] types = [.. assembly.MainModule.Types.Where(t => takes(t.FullName))];
        foreach (TypeDefinition type in types)
        {
            code.Add(type, type.FullName);
        }

        code.Implementations = types
            .SelectMany(t => t.Interfaces.Select(i => (Interface: i.InterfaceType.FullName, t.FullName)))
            .ToLookup(p => p.Interface, p => p.FullName, StringComparer.Ordinal);
        return code;
    }

    private void Add(TypeDefinition type, string owner)
    {
        if (!type.Name.Contains('<'))
        {
            Types.Add(type.FullName);
        }

        Add(owner, type.BaseType);
        type.Interfaces.ToList().ForEach(i => Add(owner, i.InterfaceType));
        type.Fields.ToList().ForEach(f => Add(owner, f.FieldType));
        type.CustomAttributes.ToList().ForEach(a => Add(owner, a.AttributeType));
        type.Methods.ToList().ForEach(m => Add(owner, m));
        type.NestedTypes.ToList().ForEach(t => Add(t, owner));
    }

    private void Add(string owner, MethodDefinition method)
    {
        Add(owner, method.ReturnType);
        method.Parameters.ToList().ForEach(p => Add(owner, p.ParameterType));
        if (!method.HasBody)
        {
            return;
        }

        method.Body.Variables.ToList().ForEach(v => Add(owner, v.VariableType));
        foreach (Instruction instruction in method.Body.Instructions)
        {
            switch (instruction.Operand)
            {
                case string text:
                    _texts.Add((owner, text));
                    break;
                case MethodReference called:
                    Add(owner, called.DeclaringType, called.Name);
                    (called as GenericInstanceMethod)?.GenericArguments.ToList().ForEach(a => Add(owner, a));
                    break;
                case FieldReference field:
                    Add(owner, field.DeclaringType, field.Name);
                    break;
                case TypeReference used:
                    Add(owner, used);
                    break;
            }
        }
    }

    private void Add(string owner, TypeReference? used, string? member = null)
    {
        switch (used)
        {
            case null or GenericParameter:
                return;
            case GenericInstanceType generic:
                generic.GenericArguments.ToList().ForEach(a => Add(owner, a));
                Add(owner, generic.ElementType, member);
                return;
            case TypeSpecification wrapped:
                Add(owner, wrapped.ElementType, member);
                return;
            default:
                _uses.Add(new Use(owner, used.FullName, member));
                return;
        }
    }
}
