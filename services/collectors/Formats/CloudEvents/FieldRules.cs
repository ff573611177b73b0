using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Collectors.Formats.CloudEvents;

/// <summary>Which fields each source may state in its own events, and how each field is read.</summary>
public static class FieldRules
{
    private static readonly Field[] Identity =
        [Field.ManifestDigest, Field.TagToDigest, Field.Repository, Field.PromotionTime, Field.ActiveTags];

    private static readonly Field[] Signature =
    [
        Field.SignatureEnvelopeId, Field.SignerIdentity, Field.SignerKeyId, Field.CertificateFingerprint,
        Field.CertificateLineage, Field.AttestationBundle, Field.LedgerWriteTime,
    ];

    private static readonly Field[] Change =
    [
        Field.ReleaseTrain, Field.ReleaseWindow, Field.ExceptionNotes, Field.ExceptionBindings, Field.ApprovedTuple,
        Field.ApprovalTime, Field.ReviewerState,
    ];

    private static readonly Field[] Runtime =
        [Field.ObservedDigest, Field.ObservedEnvelopeId, Field.AdmissionCheck, Field.ClusterId, Field.ObservationTime];

    private static readonly Field[] OfRegistry = [.. Identity, Field.ReleaseTrain];
    private static readonly Field[] OfChange = [.. Identity, .. Signature, .. Change];
    private static readonly Field[] OfRuntime = [.. Signature, .. Runtime];

    private static readonly string[] Outcomes = ["pass", "fail", "warn", "error", "skip"];

    /// <summary>
    /// The fields that a source may state: those it is the authority for, and those it may confirm in the scenario's
    /// precedence table.
    /// </summary>
    public static IReadOnlyList<Field> Of(Source source) => source switch
    {
        Source.ArtifactRegistry => OfRegistry,
        Source.SignatureLedger => Signature,
        Source.ChangeSnapshot => OfChange,
        _ => OfRuntime,
    };

    /// <summary>Reads every member of <c>fields</c>; a rejection for a name that is none of the source's.</summary>
    internal static NormalisedItem.Rejected? Read(Node fields, Source source, Readings readings)
    {
        if (fields.Presence == Presence.Absent)
        {
            return null;
        }

        if (fields.Kind != NodeKind.Object)
        {
            return fields.Reject("fields must be an object");
        }

        foreach (Node node in fields.Members)
        {
            // A name that nobody reads would be a value lost without a word.
            if (!WireNames.TryParse(node.Name, out Field field) || !Of(source).Contains(field))
            {
                return fields.Reject($"fields has a member that is no field of this source; its fields are {string.Join(", ", Of(source).Select(WireNames.Of))}");
            }

            Add(field, node, readings);
        }

        return null;
    }

    private static Readings Add(Field field, Node node, Readings readings) => field switch
    {
        Field.ManifestDigest or Field.TagToDigest or Field.ObservedDigest => readings.Digest(field, node),
        Field.PromotionTime or Field.LedgerWriteTime or Field.ApprovalTime or Field.ObservationTime =>
            readings.Time(field, node, TimeFormats.Rfc3339),
        Field.CertificateFingerprint => Fingerprints(node, readings),
        Field.AdmissionCheck => node.HasValue && !Outcomes.Contains(node.String)
            ? readings.Unreadable(field, node, "not one of pass, fail, warn, error, skip")
            : readings.Text(field, node),
        Field.ActiveTags or Field.SignatureEnvelopeId or Field.SignerIdentity or Field.SignerKeyId or Field.CertificateLineage
            or Field.AttestationBundle or Field.ExceptionBindings or Field.ClusterId => readings.Set(field, node),
        _ => readings.Text(field, node),
    };

    /// <summary>One fingerprint or a list: SHA-256, lower-case hex without colons, whichever way it is spelled.</summary>
    private static Readings Fingerprints(Node node, Readings readings)
    {
        if (node.Presence != Presence.Value)
        {
            return readings.Empty(Field.CertificateFingerprint, node);
        }

        IReadOnlyList<Node> nodes = node.Kind == NodeKind.Array ? node.Items : [node];
        string?[] values = [.. nodes.Select(n => n.String?.Replace(":", "", StringComparison.Ordinal).ToLowerInvariant())];
        return values.All(v => v is { Length: 64 } && v.All(char.IsAsciiHexDigitLower))
            ? readings.Values(Field.CertificateFingerprint, node, values!)
            : readings.Unreadable(Field.CertificateFingerprint, node, "not a SHA-256 fingerprint (64 hex digits)");
    }
}
