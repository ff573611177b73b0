namespace ReleaseIntegrity.Tests.Steward;

/// <summary>Output as it was looked at and approved. What comes out instead is written beside the tests' assembly.</summary>
internal static class Golden
{
    public static void Check(string name, string text)
    {
        string folder = Path.Combine(AppContext.BaseDirectory, "Golden");
        Directory.CreateDirectory(folder);
        string approved = Path.Combine(folder, name + ".approved.txt");
        string expected = File.Exists(approved) ? File.ReadAllText(approved) : "";
        if (expected != text)
        {
            File.WriteAllText(Path.Combine(folder, name + ".actual.txt"), text);
        }

        Assert.Equal(expected, text);
    }
}
