namespace ReleaseIntegrity.Tests.Architecture.Reading;

/// <summary>How a rule fails: with all its violations, each whole, since they are what has to be put right.</summary>
internal static class Rule
{
    public static void Holds(IEnumerable<string> violations)
    {
        string[] all = [.. violations.Distinct(StringComparer.Ordinal)];
        if (all.Length > 0)
        {
            Assert.Fail($"{all.Length} violation(s):\n{string.Join('\n', all)}");
        }
    }
}
