namespace ReleaseIntegrity.Collectors.ChangeSnapshot.Mapping;

/// <summary>The mappings of every format that reads by one.</summary>
public sealed class FieldMappings
{
    private readonly IReadOnlyDictionary<string, FieldMapping> _byFormat;

    private FieldMappings(IReadOnlyDictionary<string, FieldMapping> byFormat) => _byFormat = byFormat;

    /// <summary>The formats that read by a mapping.</summary>
    public static IReadOnlyList<string> Formats { get; } =
        ["servicenow", "jira", "github", "gitlab", "azure-devops", "pagerduty", "gitea", "cdevents"];

    /// <summary>The mappings that ship with the collector.</summary>
    public static FieldMappings Default { get; } = new(Formats.ToDictionary(f => f, FieldMappingReader.ReadShipped));

    /// <summary>The mapping of a format, one of <see cref="Formats"/>.</summary>
    public FieldMapping this[string format] => _byFormat[format];

    /// <summary>The shipped mappings with those of some files over them.</summary>
    /// <param name="files">Paths of mapping documents, at most one per format.</param>
    /// <exception cref="FieldMappingException">A document is refused or can't be read, or a format has two.</exception>
    public static FieldMappings Load(IEnumerable<string> files)
    {
        FieldMappings mappings = Default;
        var formats = new HashSet<string>();
        foreach (string file in files)
        {
            FieldMapping mapping = FieldMappingReader.Read(Text(file), file);
            mappings = formats.Add(mapping.Format)
                ? mappings.With(mapping)
                : throw new FieldMappingException(file, 1, "format", $"a second mapping of {mapping.Format}; keep one");
        }

        return mappings;
    }

    /// <summary>These mappings with the one that a document states replaced; its <c>format</c> says which.</summary>
    /// <param name="text">The document, YAML or JSON.</param>
    /// <param name="file">Its name, for messages.</param>
    /// <exception cref="FieldMappingException">The document is refused.</exception>
    public FieldMappings With(string text, string file) => With(FieldMappingReader.Read(text, file));

    private FieldMappings With(FieldMapping mapping) =>
        new(new Dictionary<string, FieldMapping>(_byFormat) { [mapping.Format] = mapping });

    private static string Text(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FieldMappingException(file, 1, "", $"can't be read: {e.Message}");
        }
    }
}
