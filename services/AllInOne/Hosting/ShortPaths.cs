using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.AllInOne.Hosting;

/// <summary>
/// <c>POST /notifications/FORMAT</c> for formats that one source alone speaks: the same as
/// <c>POST /SOURCE/notifications/FORMAT</c>.
/// </summary>
internal static class ShortPaths
{
    private const string Prefix = "/notifications/";

    /// <summary>Adds the paths, before routing.</summary>
    /// <param name="app">The application.</param>
    /// <param name="formats">Every format with the sources that speak it.</param>
    public static void UseShortPaths(this IApplicationBuilder app, IEnumerable<(string Format, IReadOnlyList<Source> Sources)> formats)
    {
        var sources = formats.ToDictionary(f => f.Format, f => f.Sources, StringComparer.Ordinal);
        app.Use((context, next) =>
        {
            string path = context.Request.Path.Value ?? "";
            if (!HttpMethods.IsPost(context.Request.Method) || !path.StartsWith(Prefix, StringComparison.Ordinal))
            {
                return next(context);
            }

            string format = path[Prefix.Length..];
            if (sources.TryGetValue(format, out IReadOnlyList<Source>? speakers) && speakers is [var only])
            {
                context.Request.Path = $"/{WireNames.Of(only)}{path}";
                return next(context);
            }

            return Refuse(speakers ?? [], sources, format).ExecuteAsync(context);
        });
    }

    private static IResult Refuse(IReadOnlyList<Source> speakers, Dictionary<string, IReadOnlyList<Source>> sources, string format)
    {
        string[] paths = speakers.Count > 0
            ? [.. speakers.Select(s => $"/{WireNames.Of(s)}{Prefix}{format}")]
            : [.. sources.OrderBy(f => f.Key, StringComparer.Ordinal).SelectMany(f => f.Value.Select(s => $"/{WireNames.Of(s)}{Prefix}{f.Key}"))];
        return Results.Problem(
            statusCode: StatusCodes.Status404NotFound,
            title: speakers.Count > 0 ? "several sources speak this format" : "unknown format",
            detail: $"{(speakers.Count > 0 ? "name the source" : "known")}: {string.Join(", ", paths)}",
            extensions: new Dictionary<string, object?> { ["paths"] = paths });
    }
}
