using System.Text.Json.Nodes;

namespace ReleaseIntegrity.AllInOne.Evaluating;

/// <summary>The report as one page that needs nothing beside it: figures, plots, and the library that draws them.</summary>
internal static class EvaluationPage
{
    /// <summary>The page of a document <c>evaluation/v1</c>.</summary>
    public static string Of(JsonObject document) => Resource("evaluation.html")
        .Replace("@chart@", Resource("chart.umd.min.js"), StringComparison.Ordinal)
        .Replace("@page@", Resource("page.js"), StringComparison.Ordinal)
        // The default encoder escapes every "<": nothing in the data can end the element that holds it.
        .Replace("@evaluation@", document.ToJsonString(), StringComparison.Ordinal);

    private static string Resource(string name)
    {
        using Stream stream = typeof(EvaluationPage).Assembly.GetManifestResourceStream("evaluation/" + name)!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
