using System.Collections.Frozen;
using ReleaseIntegrity.Contracts;
using ReleaseIntegrity.Core;
using ReleaseIntegrity.Policies.Yaml;

namespace ReleaseIntegrity.Policies;

/// <summary>Reads the top of the document. Every value is read even after a problem, so that one run shows all of them.</summary>
internal sealed class PolicyReader(NodeReader reader)
{
    private static readonly Key[] Keys =
    [
        new("schema", PolicyDocument.Schema),
        new("version", "\"1\""),
        new("scope", "{ repositories: [] }"),
        new("authoritativeInstances", null),
        new("aliases", null),
        new("skewAllowance", "5m"),
        new("clockResolution", "{ artifact-registry: 100ms, signature-ledger: 100ms, change-snapshot: 100ms, runtime-validation: 100ms }"),
        new("approvalBinds", "tuple"),
        new("entries", "{ predicateTypes: [\"**\"], signers: [] }"),
        new("package", "{ deadline: 4h, lifetime: 72h }"),
        new("fields", "(one entry per field; copy them from default-policy.yaml)"),
    ];

    /// <summary>The policy, or null; with problems the policy isn't to be used.</summary>
    internal Policy? Read(Node root, string digest)
    {
        if (reader.Section(root, "the document", Keys) is not { } top)
        {
            return null;
        }

        Node? At(string key) => top.GetValueOrDefault(key);

        ReadSchema(At("schema"));
        string? version = reader.Text(At("version"), "version");
        (TimeSpan? deadline, TimeSpan? lifetime) = ReadPackage(At("package"));
        var coordinates = new CoordinateReader(reader);
        IReadOnlyList<CoordinatePattern> scope = coordinates.ReadScope(At("scope"));
        IReadOnlyDictionary<Source, IReadOnlySet<string>> instances = coordinates.ReadInstances(At("authoritativeInstances"));
        IReadOnlyList<CoordinateAlias> aliases = coordinates.ReadAliases(At("aliases"));
        TimeSpan? skew = reader.Span(At("skewAllowance"), "skewAllowance", allowZero: true);
        IReadOnlyDictionary<Source, TimeSpan> resolution = ReadClockResolution(At("clockResolution"));
        ApprovalBinding? binds = reader.Name<ApprovalBinding>(At("approvalBinds"), "approvalBinds", "binding");
        EntrySelection entries = ReadEntries(At("entries"));
        IReadOnlyList<FieldPolicy> fields = new FieldReader(reader).ReadAll(At("fields"));
        if (reader.Problems.Count > 0)
        {
            return null;
        }

        return new Policy
        {
            Version = version!,
            Digest = digest,
            Scope = new Scope(scope),
            AuthoritativeInstances = instances,
            Aliases = aliases,
            SkewAllowance = skew!.Value,
            ClockResolution = resolution,
            ApprovalBinds = binds!.Value,
            Entries = entries,
            PackageDeadline = deadline!.Value,
            PackageLifetime = lifetime!.Value,
            Fields = fields,
        };
    }

    private void ReadSchema(Node? node)
    {
        if (reader.Text(node, "schema") is { } schema && schema != PolicyDocument.Schema)
        {
            reader.Problems.AddUnknown(node!.At, "schema", schema, "the document", [PolicyDocument.Schema]);
        }
    }

    private IReadOnlyDictionary<Source, TimeSpan> ReadClockResolution(Node? node)
    {
        var resolution = new Dictionary<Source, TimeSpan>();
        if (reader.Named<Source>(node, "clockResolution", "source") is not { } named)
        {
            return resolution;
        }

        foreach (Source source in Enum.GetValues<Source>())
        {
            string name = WireNames.Of(source);
            if (!named.TryGetValue(source, out (Position At, Node Value) entry))
            {
                reader.Problems.Add(node!.At, $"'{name}' is missing in clockResolution", $"add `{name}: 100ms`");
            }
            else if (reader.Span(entry.Value, $"clockResolution.{name}", allowZero: true) is { } span)
            {
                resolution.Add(source, span);
            }
        }

        return resolution.ToFrozenDictionary();
    }

    private EntrySelection ReadEntries(Node? node)
    {
        IReadOnlyDictionary<string, Node>? section =
            reader.Section(node, "entries", [new("predicateTypes", "[\"**\"]"), new("signers", "[]")]);
        IReadOnlyList<(Position At, string Text)>? types =
            reader.Texts(section?.GetValueOrDefault("predicateTypes"), "entries.predicateTypes");
        if (types is { Count: 0 } && section!["predicateTypes"] is ListNode { Items.Count: 0 } empty)
        {
            reader.Problems.Add(empty.At, "entries.predicateTypes selects no entry at all", "write [\"**\"] to select every entry");
        }

        IReadOnlyList<(Position At, string Text)>? signers = reader.Texts(section?.GetValueOrDefault("signers"), "entries.signers");
        return new EntrySelection(Patterns(types), Patterns(signers));
    }

    private (TimeSpan? Deadline, TimeSpan? Lifetime) ReadPackage(Node? node)
    {
        IReadOnlyDictionary<string, Node>? section =
            reader.Section(node, "package", [new("deadline", "4h"), new("lifetime", "72h")]);
        return (
            reader.Span(section?.GetValueOrDefault("deadline"), "package.deadline", allowZero: false),
            reader.Span(section?.GetValueOrDefault("lifetime"), "package.lifetime", allowZero: false));
    }

    private static IReadOnlyList<CoordinatePattern> Patterns(IReadOnlyList<(Position At, string Text)>? texts) =>
        [.. (texts ?? []).Select(t => new CoordinatePattern(t.Text))];
}
