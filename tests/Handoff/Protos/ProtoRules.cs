using System.Text.RegularExpressions;
using Google.Api;
using Google.Protobuf.Reflection;
using ReleaseIntegrity.Handoff.V1;

namespace ReleaseIntegrity.Tests.Handoff.Protos;

/// <summary>
/// The rules of good protos that matter here, from buf's STANDARD and COMMENTS (https://buf.build/docs/lint/rules/) and Google's
/// AIPs (https://google.aip.dev): what is named how, what is said, what a list has, which path an RPC has.
/// </summary>
internal static partial class ProtoRules
{
    /// <summary>What breaks a rule, in sentences.</summary>
    public static IEnumerable<string> Broken(IReadOnlyList<FileDescriptor> files) =>
    [
        .. files.SelectMany(OfFile),
        .. files.SelectMany(f => f.MessageTypes).SelectMany(OfMessage),
        .. files.SelectMany(f => f.EnumTypes).SelectMany(OfEnum),
        .. files.SelectMany(f => f.Services).SelectMany(OfService),
        .. Shared(files.SelectMany(f => f.Services).SelectMany(s => s.Methods)),
    ];

    private static IEnumerable<string> OfFile(FileDescriptor file)
    {
        FileDescriptorProto proto = file.ToProto();
        if (proto.Syntax != "proto3")
        {
            yield return $"{file.Name} is not of proto3";
        }

        if (!PackageGrammar().IsMatch(file.Package))
        {
            yield return $"{file.Name}: package {file.Package} is not lower case with a version at its end";
        }

        if (!file.Name.StartsWith(file.Package.Replace('.', '/') + "/", StringComparison.Ordinal))
        {
            yield return $"{file.Name} is not in the folder of its package";
        }

        if (string.IsNullOrEmpty(proto.Options?.CsharpNamespace))
        {
            yield return $"{file.Name} names no csharp_namespace";
        }

        if (DescribedApi.CommentOf(file).Length == 0)
        {
            yield return $"{file.Name} doesn't say what it is for";
        }
    }

    private static IEnumerable<string> OfMessage(MessageDescriptor message)
    {
        IEnumerable<string> own = Named(message, PascalGrammar(), "PascalCase").Concat(Said(message));
        return own
            .Concat(message.NestedTypes.Where(n => n.GetOptions()?.MapEntry != true).SelectMany(OfMessage))
            .Concat(message.EnumTypes.SelectMany(OfEnum))
            .Concat(message.Fields.InFieldNumberOrder().SelectMany(f => Named(f, SnakeGrammar(), "lower_snake_case").Concat(Said(f))))
            .Concat(message.Oneofs.Where(o => !o.IsSynthetic).SelectMany(Said))
            .Concat(message.Name.EndsWith("Request", StringComparison.Ordinal) ? message.Fields.InFieldNumberOrder().SelectMany(OfRequest) : []);
    }

    /// <summary>https://google.aip.dev/203.</summary>
    private static IEnumerable<string> OfRequest(FieldDescriptor field)
    {
        FieldBehavior[] behaviors = [.. field.GetOptions()?.GetExtension(FieldBehaviorExtensions.FieldBehavior) ?? []];
        if (field.RealContainingOneof is null && !behaviors.Intersect([FieldBehavior.Required, FieldBehavior.Optional]).Any())
        {
            yield return $"{field.FullName} doesn't say whether it is required or optional";
        }
    }

    private static IEnumerable<string> OfEnum(EnumDescriptor enumeration)
    {
        string prefix = CapitalGrammar().Replace(enumeration.Name, "_$0").TrimStart('_').ToUpperInvariant() + "_";
        string[] unprefixed = [.. enumeration.Values.Where(v => !v.Name.StartsWith(prefix, StringComparison.Ordinal)).Select(v => $"{v.FullName} doesn't begin with {prefix}")];
        string? zero = enumeration.Values.FirstOrDefault(v => v.Number == 0)?.Name;
        IEnumerable<string> first = zero == prefix + "UNSPECIFIED" ? [] : [$"{enumeration.FullName}: 0 is not {prefix}UNSPECIFIED"];
        return Named(enumeration, PascalGrammar(), "PascalCase")
            .Concat(Said(enumeration))
            .Concat(unprefixed)
            .Concat(first)
            .Concat(enumeration.Values.SelectMany(v => Named(v, UpperGrammar(), "UPPER_SNAKE_CASE").Concat(Said(v))));
    }

    private static IEnumerable<string> OfService(ServiceDescriptor service)
    {
        IEnumerable<string> ending = service.Name.EndsWith("Service", StringComparison.Ordinal) ? [] : [$"{service.FullName} doesn't end in Service"];
        return Named(service, PascalGrammar(), "PascalCase").Concat(Said(service)).Concat(ending).Concat(service.Methods.SelectMany(OfMethod));
    }

    private static IEnumerable<string> OfMethod(MethodDescriptor method) =>
    [
        .. Named(method, PascalGrammar(), "PascalCase"),
        .. Said(method),
        .. Messages(method),
        .. Paths(method),
        .. method.Name.StartsWith("List", StringComparison.Ordinal) ? Pages(method) : [],
        .. method.GetOptions()?.GetExtension(AccessExtensions.Access) is { Roles.Count: > 0, Scope: not Scope.Unspecified } ? [] : new[] { $"{method.FullName} says not who may call it" },
    ];

    /// <summary>https://google.aip.dev/131 to 136: a request of its own, and a resource or a response of its own.</summary>
    private static IEnumerable<string> Messages(MethodDescriptor method)
    {
        if (method.InputType.Name != method.Name + "Request")
        {
            yield return $"{method.FullName} doesn't take {method.Name}Request";
        }

        if (method.OutputType.Name.EndsWith("Response", StringComparison.Ordinal) && method.OutputType.Name != method.Name + "Response")
        {
            yield return $"{method.FullName} doesn't return {method.Name}Response";
        }
    }

    /// <summary>https://google.aip.dev/127: the version first; reads are GET without a body, the others POST to a verb.</summary>
    private static IEnumerable<string> Paths(MethodDescriptor method)
    {
        HttpRule? http = method.GetOptions()?.GetExtension(AnnotationsExtensions.Http);
        if (http is null || http.PatternCase is not (HttpRule.PatternOneofCase.Get or HttpRule.PatternOneofCase.Post))
        {
            yield return $"{method.FullName} has no path for GET or POST";
            yield break;
        }

        string path = http.Get + http.Post;
        if (!path.StartsWith($"/{method.File.Package.Split('.')[^1]}/", StringComparison.Ordinal))
        {
            yield return $"{method.FullName}: its path doesn't begin with the version";
        }

        bool posts = http.PatternCase == HttpRule.PatternOneofCase.Post;
        if (posts != (http.Body == "*") || (posts && !VerbGrammar().IsMatch(path)))
        {
            yield return $"{method.FullName}: a GET has no body, a POST has body \"*\" and goes to a verb after a colon";
        }
    }

    /// <summary>https://google.aip.dev/158.</summary>
    private static IEnumerable<string> Pages(MethodDescriptor method)
    {
        bool asked = method.InputType.FindFieldByName("page_size")?.FieldType == FieldType.Int32 && method.InputType.FindFieldByName("page_token")?.FieldType == FieldType.String;
        bool told = method.OutputType.FindFieldByName("next_page_token")?.FieldType == FieldType.String && method.OutputType.FindFieldByNumber(1)?.IsRepeated == true;
        if ((!asked || !told) && !Whole.Contains(method.Name))
        {
            yield return $"{method.FullName} lists without pages";
        }
    }

    /// <summary>Lists of a part of one document, which are never longer than it.</summary>
    private static readonly string[] Whole = ["ListWriteTargets"];

    private static IEnumerable<string> Shared(IEnumerable<MethodDescriptor> methods) => methods
        .GroupBy(m => m.InputType.FullName)
        .Where(g => g.Count() > 1)
        .Select(g => $"{g.Key} is the request of several RPCs");

    private static IEnumerable<string> Named(IDescriptor described, Regex grammar, string style) =>
        grammar.IsMatch(described.Name) ? [] : [$"{described.FullName} is not {style}"];

    private static IEnumerable<string> Said(IDescriptor described)
    {
        string comment = DescribedApi.CommentOf(described);
        return comment.Length == 0 ? [$"{described.FullName} has no comment"]
            : comment.EndsWith('.') ? [] : [$"{described.FullName}: its comment is no sentence"];
    }

    [GeneratedRegex(@"^[a-z][a-z0-9]*(\.[a-z][a-z0-9]*)*\.v[1-9][0-9]*$")]
    private static partial Regex PackageGrammar();

    [GeneratedRegex("^[A-Z][A-Za-z0-9]*$")]
    private static partial Regex PascalGrammar();

    [GeneratedRegex("^[a-z][a-z0-9]*(_[a-z0-9]+)*$")]
    private static partial Regex SnakeGrammar();

    [GeneratedRegex("^[A-Z][A-Z0-9]*(_[A-Z0-9]+)*$")]
    private static partial Regex UpperGrammar();

    [GeneratedRegex("[A-Z]")]
    private static partial Regex CapitalGrammar();

    [GeneratedRegex(":[a-z][A-Za-z]*$")]
    private static partial Regex VerbGrammar();
}
