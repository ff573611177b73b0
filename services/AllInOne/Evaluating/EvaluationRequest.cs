using ReleaseIntegrity.Worlds;

namespace ReleaseIntegrity.AllInOne.Evaluating;

/// <summary>What to evaluate.</summary>
internal sealed record EvaluationRequest
{
    /// <summary>How many worlds.</summary>
    public required int Worlds { get; init; }

    /// <summary>The first world's seed; the others have the following numbers.</summary>
    public required int Seed { get; init; }

    /// <summary>In how many orders besides its own each world's deliveries are folded.</summary>
    public required int Orders { get; init; }

    /// <summary>What the worlds hold.</summary>
    public required WorldOptions Options { get; init; }
}
