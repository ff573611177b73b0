using Google.Api;
using Google.Protobuf.Reflection;

namespace ReleaseIntegrity.Handoff.OpenApi;

/// <summary>An RPC's form over HTTP: its <c>google.api.http</c>, read (google/api/http.proto, "HTTP rule").</summary>
/// <param name="Verb">The HTTP method.</param>
/// <param name="Path">The path, each <c>*</c> of its template as a parameter named after the collection before it.</param>
/// <param name="Parameters">Names of the path's parameters, in its order, each with the request's field that it is a part of.</param>
/// <param name="HasBody">Whether the request's other fields stand in the body; else they are in the query.</param>
internal sealed record HttpRoute(HttpMethod Verb, string Path, IReadOnlyList<(string Name, FieldDescriptor Field)> Parameters, bool HasBody)
{
    /// <summary>The route of a method, or null where it has none.</summary>
    /// <exception cref="NotSupportedException">The rule says something that this API doesn't use.</exception>
    public static HttpRoute? Of(MethodDescriptor method)
    {
        HttpRule? rule = method.GetOptions()?.GetExtension(AnnotationsExtensions.Http);
        if (rule is null)
        {
            return null;
        }

        (HttpMethod verb, string template) = rule.PatternCase switch
        {
            HttpRule.PatternOneofCase.Get => (HttpMethod.Get, rule.Get),
            HttpRule.PatternOneofCase.Post => (HttpMethod.Post, rule.Post),
            _ => throw new NotSupportedException($"{method.FullName}: get and post only"),
        };
        if (rule.Body is not ("" or "*") || rule.AdditionalBindings.Count > 0)
        {
            throw new NotSupportedException($"{method.FullName}: the whole body, one binding");
        }

        var parameters = new List<(string, FieldDescriptor)>();
        return new HttpRoute(verb, PathOf(method, template, parameters), parameters, rule.Body == "*");
    }

    /// <summary><c>/v1/{name=tuples/*/ledger}:explain</c> becomes <c>/v1/tuples/{tuple}/ledger:explain</c>.</summary>
    private static string PathOf(MethodDescriptor method, string template, List<(string Name, FieldDescriptor Field)> parameters)
    {
        if (template.Split('{', '}') is not [var before, var variable, var after])
        {
            return template;
        }

        string[] parts = variable.Split('=');
        FieldDescriptor field = method.InputType.FindFieldByName(parts[0])
            ?? throw new NotSupportedException($"{method.FullName}: the path names a field that isn't there");
        string[] segments = parts[1].Split('/');
        for (int i = 1; i < segments.Length; i++)
        {
            if (segments[i] == "*")
            {
                string name = segments[i - 1].TrimEnd('s');
                parameters.Add((name, field));
                segments[i] = $"{{{name}}}";
            }
        }

        return before + string.Join('/', segments) + after;
    }
}
