using ReleaseIntegrity.Collectors.ArtifactRegistry;
using ReleaseIntegrity.Collectors.ChangeSnapshot;
using ReleaseIntegrity.Collectors.ChangeSnapshot.Mapping;
using ReleaseIntegrity.Collectors.RuntimeValidation;
using ReleaseIntegrity.Collectors.SignatureLedger;
using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.AllInOne.Offline.Input;

/// <summary>
/// Every format of every source by the names that folders and lines give it: <c>FORMAT</c>, or <c>SOURCE/FORMAT</c>
/// where several sources speak it.
/// </summary>
internal sealed class FormatTable
{
    private static readonly Dictionary<string, Source> Aliases = new(StringComparer.Ordinal)
    {
        ["provenance-ledger"] = Source.SignatureLedger,
        ["change-management"] = Source.ChangeSnapshot,
    };

    private readonly Dictionary<string, List<INormalizer>> _byFormat = new(StringComparer.Ordinal);

    /// <summary>The formats of the four collectors, with their shipped mappings.</summary>
    public static FormatTable Shipped() => new(
    [
        .. ArtifactRegistryFormats.All(),
        .. SignatureLedgerFormats.All(),
        .. ChangeSnapshotFormats.All(FieldMappings.Default),
        .. RuntimeValidationFormats.All(new RuntimeValidationOptions()),
    ]);

    /// <summary>A table of these; of one source and format the first counts.</summary>
    public FormatTable(IEnumerable<INormalizer> normalizers)
    {
        foreach (INormalizer normalizer in normalizers.DistinctBy(n => (n.Source, n.Format)))
        {
            if (!_byFormat.TryGetValue(normalizer.Format, out List<INormalizer>? known))
            {
                _byFormat[normalizer.Format] = known = [];
            }

            known.Add(normalizer);
        }
    }

    /// <summary>Every format with the sources that speak it, by name.</summary>
    public IEnumerable<(string Format, IReadOnlyList<Source> Sources)> All => _byFormat
        .OrderBy(f => f.Key, StringComparer.Ordinal)
        .Select(f => (f.Key, (IReadOnlyList<Source>)[.. f.Value.Select(n => n.Source).Order()]));

    /// <summary>The source of a name as folders spell it: <c>change-snapshot</c>, also <c>change-management</c>.</summary>
    public static bool TryParseSource(string? name, out Source source) =>
        WireNames.TryParse(name, out source) || (name is not null && Aliases.TryGetValue(name, out source));

    /// <summary>
    /// What a name stands for: no normaliser for an unknown one, one for most, and several where the name leaves the
    /// source open.
    /// </summary>
    /// <param name="name"><c>FORMAT</c> or <c>SOURCE/FORMAT</c>.</param>
    public IReadOnlyList<INormalizer> Find(string name)
    {
        int slash = name.IndexOf('/', StringComparison.Ordinal);
        string format = name[(slash + 1)..];
        if (!_byFormat.TryGetValue(format, out List<INormalizer>? speakers))
        {
            return [];
        }

        if (slash < 0)
        {
            return speakers;
        }

        return TryParseSource(name[..slash], out Source source) ? speakers.FindAll(n => n.Source == source) : [];
    }

    /// <summary>The name that a file's folders give its format; the folder above counts where it names a source.</summary>
    /// <param name="path">The file's full path.</param>
    public string NameOf(string path)
    {
        DirectoryInfo? folder = new FileInfo(path).Directory;
        string format = folder?.Name ?? "";
        // A folder may lie with another source's: image layouts with the ledger's, for what they attach.
        return TryParseSource(folder?.Parent?.Name, out Source source)
            && _byFormat.TryGetValue(format, out List<INormalizer>? speakers) && speakers.Exists(n => n.Source == source)
            ? $"{folder!.Parent!.Name}/{format}"
            : format;
    }
}
