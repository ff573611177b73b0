using System.Text.Json;
using System.Text.Json.Nodes;
using ReleaseIntegrity.Core;

namespace ReleaseIntegrity.AllInOne.Evaluating;

/// <summary>The files of an evaluation.</summary>
internal static class EvaluationOutput
{
    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true };

    /// <summary>Writes them.</summary>
    public static void Write(EvaluationReport report, EvaluationRequest request, Policy policy, string folder)
    {
        JsonObject document = report.Document(request, policy.Version, policy.Digest);
        File.WriteAllText(Path.Combine(folder, "evaluation.json"), document.ToJsonString(Readable) + "\n");
        File.WriteAllText(Path.Combine(folder, "evaluation.html"), EvaluationPage.Of(document));
    }
}
