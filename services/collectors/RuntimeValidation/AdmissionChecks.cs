using ReleaseIntegrity.Collectors.Formats;
using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Collectors.RuntimeValidation;

/// <summary>
/// Outcomes of the admission controller's image verification, as annotations carry them. They are recorded facts and can
/// be forged by whoever may write the object: nothing here judges them.
/// </summary>
/// <param name="options">Names of the annotations.</param>
internal sealed class AdmissionChecks(RuntimeValidationOptions options)
{
    // The worst outcome stands for several policies: one that passes does not mend one that fails.
    private static readonly string[] WorstFirst = ["fail", "error", "warn", "skip", "pass"];

    /// <summary>Adds the readings of the check and of the linked envelope for one image.</summary>
    /// <param name="readings">Where they go.</param>
    /// <param name="annotations">Annotations, the most specific object first.</param>
    /// <param name="image">The image that the container was asked to run; null where it can't be told.</param>
    /// <param name="observed">The digest that runs, where one does.</param>
    internal void Read(Readings readings, IReadOnlyList<Node> annotations, ContainerImage? image, Digest? observed)
    {
        foreach (Node of in annotations)
        {
            ReadStated(readings, of[options.AdmissionCheckAnnotation]);
            foreach (string name in options.ImageOutcomeAnnotations)
            {
                ReadOutcomes(readings, of[name], outcomes => ForImage(outcomes, image, observed));
            }

            ReadOutcomes(readings, of[options.PolicyOutcomeAnnotation], ByPolicy);
            Node envelope = of[options.SignatureEnvelopeAnnotation];
            _ = envelope.Text?.Trim() is { Length: > 0 } id
                ? readings.Value(Field.ObservedEnvelopeId, envelope, id)
                : readings.Empty(Field.ObservedEnvelopeId, envelope);
        }
    }

    private static void ReadStated(Readings readings, Node stated)
    {
        if (stated.HasValue)
        {
            Add(readings, stated);
        }
        else
        {
            readings.Empty(Field.AdmissionCheck, stated);
        }
    }

    private static void ReadOutcomes(Readings readings, Node annotation, Func<Node, IEnumerable<Node>> choose)
    {
        if (!annotation.HasValue)
        {
            return;
        }

        Node outcomes = annotation.DecodeJson();
        if (outcomes.Kind != NodeKind.Object)
        {
            readings.Unreadable(Field.AdmissionCheck, annotation, "not a JSON object of outcomes");
            return;
        }

        Node? worst = choose(outcomes).MinBy(o => Outcome(o) is { } outcome ? Array.IndexOf(WorstFirst, outcome) : -1);
        if (worst is not null)
        {
            Add(readings, worst);
        }
    }

    private static void Add(Readings readings, Node node) =>
        _ = Outcome(node) is { } outcome
            ? readings.Value(Field.AdmissionCheck, node, outcome)
            : readings.Unreadable(Field.AdmissionCheck, node, "not an outcome (pass, fail, warn, error, skip)");

    /// <summary>Kyverno's words; older versions wrote booleans.</summary>
    private static string? Outcome(Node node) => node.Text?.Trim().ToLowerInvariant() switch
    {
        "true" or "pass" or "passed" => "pass",
        "false" or "fail" or "failed" => "fail",
        "warn" or "warning" => "warn",
        "error" => "error",
        "skip" or "skipped" => "skip",
        _ => null,
    };

    /// <summary><c>{"policy": {"name", "ruleType", "message", "status"}}</c> (Kyverno, image validating policies).</summary>
    private static IEnumerable<Node> ByPolicy(Node outcomes) =>
        outcomes.Members.Select(policy => policy.Kind == NodeKind.Object ? policy["status"] : policy).Where(status => status.Exists);

    /// <summary>Flat <c>{"image": outcome}</c>, or <c>{"version", "policies": {policy: {rule: {image: outcome}}}}</c>.</summary>
    private static IEnumerable<Node> ForImage(Node outcomes, ContainerImage? image, Digest? observed)
    {
        IEnumerable<Node> candidates = outcomes["policies"].Kind == NodeKind.Object
            ? outcomes["policies"].Members.SelectMany(policy => policy.Members).SelectMany(rule => rule.Members)
            : outcomes.Members;
        if (image is null)
        {
            return [];
        }

        // A key by digest says more than one by tag, and a tag more than a bare repository.
        return candidates
            .Select(candidate => (candidate, Rank: Match(candidate.Name, image, observed)))
            .Where(c => c.Rank > 0)
            .GroupBy(c => c.Rank)
            .OrderByDescending(g => g.Key)
            .Take(1)
            .SelectMany(g => g.Select(c => c.candidate));
    }

    private static int Match(string key, ContainerImage image, Digest? observed)
    {
        if (!ImageReference.TryParse(key, out ImageReference? named, out Digest? digest)
            || named!.Coordinates != image.Reference.Coordinates)
        {
            return 0;
        }

        return digest is not null ? (digest == image.Digest || digest == observed ? 3 : 0)
            : named.Tag is null ? 1
            : named.Tag == image.Reference.Tag ? 2 : 0;
    }
}
