using System.Collections.Frozen;
using Google.Protobuf.Reflection;
using ReleaseIntegrity.Handoff.V1;

namespace ReleaseIntegrity.Handoff.Access;

/// <summary>The rule of every RPC, out of its option <c>access</c>.</summary>
internal static class AccessRules
{
    /// <summary>Services that tell nothing about releases, and ask for nothing.</summary>
    private static readonly string[] Open =
    [
        "/grpc.health.v1.Health/", "/grpc.reflection.v1alpha.ServerReflection/", "/grpc.reflection.v1.ServerReflection/",
    ];

    private static readonly FrozenDictionary<string, V1.Access> Rules = Files
        .SelectMany(f => f.Services)
        .SelectMany(s => s.Methods)
        .Select(m => (Name: $"/{m.Service.FullName}/{m.Name}", Rule: m.GetOptions()?.GetExtension(AccessExtensions.Access)))
        .Where(m => m.Rule is { Roles.Count: > 0, Scope: not Scope.Unspecified })
        .ToFrozenDictionary(m => m.Name, m => m.Rule!, StringComparer.Ordinal);

    /// <summary>The protos of the API.</summary>
    public static IReadOnlyList<FileDescriptor> Files =>
        [HandoffReflection.Descriptor, DecisionsReflection.Descriptor, AuditReflection.Descriptor];

    /// <summary>Whether a method, <c>/service/method</c>, is open to everyone.</summary>
    public static bool IsOpen(string method) => Array.Exists(Open, o => method.StartsWith(o, StringComparison.Ordinal));

    /// <summary>The rule of a method, or null where it has none.</summary>
    public static V1.Access? Of(string method) => Rules.GetValueOrDefault(method);
}
