using ReleaseIntegrity.Collectors.ChangeSnapshot.Mapping;
using ReleaseIntegrity.Collectors.Formats;
using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Collectors.ChangeSnapshot;

/// <summary>Reads one mapped field as its type: text, time, or set.</summary>
internal static class MappedField
{
    private static readonly char[] Lines = ['\n', '\r'];

    private static readonly char[] CommasAndLines = [',', '\n', '\r'];

    /// <summary>Adds the reading, if the record carries the field.</summary>
    internal static void Read(Readings readings, Field field, NodeSelector selector, MappedRecord record, TimeFormats times)
    {
        switch (field)
        {
            case Field.ApprovalTime or Field.PromotionTime:
                ReadTime(readings, field, record.One(selector), times);
                break;
            case Field.CertificateFingerprint:
                ReadFingerprints(readings, record.Set(selector, CommasAndLines));
                break;
            case Field.CertificateLineage or Field.SignerIdentity:
                // Distinguished names and mail display names have commas of their own.
                ReadSet(readings, field, record.Set(selector, Lines));
                break;
            case Field.ExceptionBindings or Field.SignatureEnvelopeId or Field.SignerKeyId or Field.ActiveTags:
                ReadSet(readings, field, record.Set(selector, CommasAndLines));
                break;
            default:
                ReadText(readings, field, record.One(selector));
                break;
        }
    }

    private static void ReadText(Readings readings, Field field, Mapped mapped)
    {
        if (mapped.Node is null)
        {
            return;
        }

        _ = mapped.Problem is not null ? readings.Unreadable(field, mapped.Node, mapped.Problem)
            : mapped.HasValue ? readings.Value(field, mapped.Node, mapped.Text!)
            : readings.Empty(field, mapped.Node);
    }

    private static void ReadTime(Readings readings, Field field, Mapped mapped, TimeFormats times)
    {
        if (mapped.Node is not null)
        {
            _ = mapped.Problem is not null
                ? readings.Unreadable(field, mapped.Node, mapped.Problem)
                : readings.Time(field, mapped.Node, times);
        }
    }

    private static void ReadSet(Readings readings, Field field, (Mapped Place, IReadOnlyList<string> Values) set)
    {
        if (set.Place.Node is { } node)
        {
            _ = set.Place.Problem is not null
                ? readings.Unreadable(field, node, set.Place.Problem)
                : readings.Values(field, node, set.Values);
        }
    }

    /// <summary>SHA-256 fingerprints as tools print them: bare hex, with colons, after <c>SHA256:</c> or <c>sha256 Fingerprint=</c>.</summary>
    private static void ReadFingerprints(Readings readings, (Mapped Place, IReadOnlyList<string> Values) set)
    {
        List<string?> fingerprints = [.. set.Values.Select(Fingerprint)];
        if (fingerprints.Contains(null))
        {
            set.Place = set.Place with { Problem = "not a SHA-256 fingerprint (64 hex digits, colons allowed)" };
        }

        ReadSet(readings, Field.CertificateFingerprint, (set.Place, [.. fingerprints.OfType<string>()]));
    }

    private static string? Fingerprint(string text)
    {
        string hex = text[(text.IndexOf('=', StringComparison.Ordinal) + 1)..].Trim().ToLowerInvariant();
        hex = hex.StartsWith("sha256:", StringComparison.Ordinal) ? hex["sha256:".Length..] : hex;
        hex = hex.Replace(":", "", StringComparison.Ordinal).Replace(" ", "", StringComparison.Ordinal);
        return Digest.TryParse("sha256", hex, out _) ? hex : null;
    }
}
