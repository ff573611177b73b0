using Google.Api;
using Google.Protobuf.Reflection;
using ReleaseIntegrity.Handoff.V1;

namespace ReleaseIntegrity.Tests.Handoff.Protos;

/// <summary>What clients rely on in some protos, a line for each thing: <c>KIND NAME = WHAT IT IS</c>. Comments aren't in it.</summary>
internal static class ProtoText
{
    public static IReadOnlyList<string> Of(IEnumerable<FileDescriptor> files)
    {
        FileDescriptor[] all = [.. files];
        return
        [
            .. all.SelectMany(f => f.MessageTypes).SelectMany(OfMessage)
                .Concat(all.SelectMany(f => f.EnumTypes).SelectMany(OfEnum))
                .Concat(all.SelectMany(f => f.Services).SelectMany(s => s.Methods).SelectMany(OfMethod))
                .Concat(all.SelectMany(f => f.Extensions.UnorderedExtensions).Select(e => $"extension {e.Name} = {e.FieldNumber} {TypeOf(e)}"))
                .Order(StringComparer.Ordinal),
        ];
    }

    /// <summary>What is not as approved, each named; what broke first.</summary>
    public static IReadOnlyList<string> Changes(IEnumerable<string> approved, IEnumerable<string> present)
    {
        Dictionary<string, string> was = ByName(approved);
        Dictionary<string, string> now = ByName(present);
        return
        [
            .. was.Where(w => !now.ContainsKey(w.Key)).Select(w => $"BREAKS CLIENTS: {w.Key} is gone; it was {w.Value}"),
            .. was.Where(w => now.TryGetValue(w.Key, out string? value) && value != w.Value).Select(w => $"BREAKS CLIENTS: {w.Key} was {w.Value}, and is {now[w.Key]}"),
            .. now.Where(n => !was.ContainsKey(n.Key)).Select(n => $"not approved yet: {n.Key} = {n.Value}"),
        ];
    }

    private static Dictionary<string, string> ByName(IEnumerable<string> lines) =>
        lines.Select(l => l.Split(" = ", 2)).ToDictionary(l => l[0], l => l[1], StringComparer.Ordinal);

    private static IEnumerable<string> OfMessage(MessageDescriptor message)
    {
        foreach (FieldDescriptor field in message.Fields.InFieldNumberOrder())
        {
            FieldBehavior[] behaviors = [.. field.GetOptions()?.GetExtension(FieldBehaviorExtensions.FieldBehavior) ?? []];
            string oneof = field.RealContainingOneof is { } choice ? $" of {choice.Name}" : "";
            yield return $"field {message.Name}.{field.Name} = {field.FieldNumber} {TypeOf(field)}{oneof}{string.Concat(behaviors.Select(b => $" {b}"))}";
        }

        DescriptorProto proto = message.ToProto();
        string[] reserved = [.. proto.ReservedRange.Select(r => $"{r.Start}-{r.End - 1}"), .. proto.ReservedName];
        yield return $"message {message.Name} = {(reserved.Length == 0 ? "message" : $"reserves {string.Join(", ", reserved)}")}";
    }

    private static IEnumerable<string> OfEnum(EnumDescriptor enumeration) =>
        enumeration.Values.Select(v => $"value {enumeration.Name}.{v.Name} = {v.Number}");

    private static IEnumerable<string> OfMethod(MethodDescriptor method)
    {
        string name = $"{method.Service.FullName}.{method.Name}";
        yield return $"rpc {name} = {(method.IsClientStreaming ? "stream " : "")}{method.InputType.Name} to {(method.IsServerStreaming ? "stream " : "")}{method.OutputType.Name}";
        HttpRule? http = method.GetOptions()?.GetExtension(AnnotationsExtensions.Http);
        yield return $"http {name} = {(http is null ? "none" : $"{http.PatternCase} {http.Get}{http.Post}{http.Put}{http.Patch}{http.Delete} body '{http.Body}'")}";
        ReleaseIntegrity.Handoff.V1.Access? access = method.GetOptions()?.GetExtension(AccessExtensions.Access);
        yield return $"access {name} = {(access is null ? "none" : $"{string.Join(", ", access.Roles)}; {access.Scope}")}";
    }

    private static string TypeOf(FieldDescriptor field)
    {
        if (field.IsMap)
        {
            return $"map<{TypeOf(field.MessageType.FindFieldByNumber(1))}, {TypeOf(field.MessageType.FindFieldByNumber(2))}>";
        }

        string type = field.FieldType switch
        {
            FieldType.Message => field.MessageType.FullName,
            FieldType.Enum => field.EnumType.FullName,
            _ => field.FieldType.ToString().ToLowerInvariant(),
        };
        string label = field.IsRepeated ? "repeated " : field.HasPresence && field.FieldType is not FieldType.Message && field.RealContainingOneof is null ? "optional " : "";
        return label + type;
    }
}
