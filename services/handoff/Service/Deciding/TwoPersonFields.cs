using Microsoft.Extensions.Options;
using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Handoff.Deciding;

/// <summary>Which writes two persons have to authorise.</summary>
internal static class TwoPersonFields
{
    private static readonly string[] MaskClasses = ["none", "digest", "reference", "identifier", "fingerprint", "text"];

    /// <summary>Refuses names that are neither of a field nor of a mask class: a typo would turn the rule off.</summary>
    /// <exception cref="OptionsValidationException">One is neither; with the fix.</exception>
    public static void Require(IReadOnlyCollection<string> names)
    {
        if (names.Any(n => !MaskClasses.Contains(n) && !WireNames.TryParse(n, out Field _)))
        {
            throw new OptionsValidationException(
                HandoffSettings.Section,
                typeof(HandoffSettings),
                [
                    $"{HandoffSettings.Section}:TwoPersonFields holds a name that is neither a mask class ({string.Join(", ", MaskClasses)}) nor a field; "
                    + $"write for example: \"{HandoffSettings.Section}\": {{ \"TwoPersonFields\": [ \"fingerprint\", \"{WireNames.Of(Field.ManifestDigest)}\" ] }}",
                ]);
        }
    }
}
