using System.Xml.Linq;

namespace ReleaseIntegrity.Tests.Architecture.Reading;

/// <summary>What a project file refers to.</summary>
/// <param name="Name">The project's file name without <c>.csproj</c>, which is its assembly's name.</param>
/// <param name="Projects">File names of the projects that it refers to, without <c>.csproj</c>.</param>
/// <param name="Packages">The packages that it refers to.</param>
/// <param name="AdditionalFiles">Files that its analyzers read.</param>
internal sealed record ProjectFile(
    string Name,
    IReadOnlyList<string> Projects,
    IReadOnlyList<PackageReference> Packages,
    IReadOnlyList<string> AdditionalFiles)
{
    /// <summary>Reads a project of the repository.</summary>
    public static ProjectFile Read(string path) => Parse(Path.GetFileNameWithoutExtension(path), Tree.Text(path));

    /// <summary>Reads a project's text.</summary>
    public static ProjectFile Parse(string name, string xml)
    {
        XElement project = XElement.Parse(xml);
        return new ProjectFile(
            name,
            [.. Includes(project, "ProjectReference").Select(p => Path.GetFileNameWithoutExtension(p.Replace('\\', '/')))],
            [.. project.Descendants("PackageReference").Select(PackageReference.Of)],
            [.. Includes(project, "AdditionalFiles")]);
    }

    private static IEnumerable<string> Includes(XElement project, string item) =>
        project.Descendants(item).Select(e => (string?)e.Attribute("Include") ?? "");
}

/// <summary>One package reference.</summary>
/// <param name="Name">The package.</param>
/// <param name="Version">A version that the project states itself, or null.</param>
/// <param name="IsPrivate">Whether nothing of it reaches who refers to the project.</param>
internal sealed record PackageReference(string Name, string? Version, bool IsPrivate)
{
    public static PackageReference Of(XElement element) => new(
        (string?)element.Attribute("Include") ?? (string?)element.Attribute("Update") ?? "",
        Stated(element, "Version") ?? Stated(element, "VersionOverride"),
        string.Equals(Stated(element, "PrivateAssets"), "all", StringComparison.OrdinalIgnoreCase));

    private static string? Stated(XElement element, string name) =>
        (string?)element.Attribute(name) ?? (string?)element.Element(name);
}
