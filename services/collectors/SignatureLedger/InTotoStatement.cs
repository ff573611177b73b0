using ReleaseIntegrity.Collectors.Formats;
using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Collectors.SignatureLedger;

/// <summary>
/// An in-toto statement, v0.1 or v1 (in-toto attestation framework, "Statement" and "DigestSet"): what it is about, and
/// which kind of predicate it makes. The predicate itself is not read.
/// </summary>
internal sealed record InTotoStatement(IReadOnlyList<Subject> Subjects, string? PredicateType)
{
    /// <summary>The payload type that DSSE envelopes of statements should have; old cosign puts the predicate type there.</summary>
    public const string PayloadType = "application/vnd.in-toto+json";

    private const string TypePrefix = "https://in-toto.io/Statement/";

    /// <summary>Whether a document says of itself that it is a statement.</summary>
    public static bool IsStatement(Node document) =>
        document["_type"].String?.StartsWith(TypePrefix, StringComparison.Ordinal) ?? false;

    /// <summary>Whether a document is a link or a layout of in-toto's older format, which envelopes may carry too, and which name no image.</summary>
    public static bool IsOlderMetadata(Node document) => document["_type"].String is "link" or "layout";

    /// <summary>
    /// Reads a statement; null with the item that it is instead: rejected where it identifies its subjects by malformed
    /// or ambiguous digests only, irrelevant where only by digests that no OCI content has, a hint where by none.
    /// </summary>
    /// <param name="statement">The root of the statement.</param>
    /// <param name="instance">The ledger to ask, for a hint.</param>
    /// <param name="recordId">What to ask for, where the statement doesn't name an image.</param>
    /// <param name="refusal">The item instead of an observation.</param>
    public static InTotoStatement? Read(Node statement, string instance, string recordId, out NormalisedItem? refusal)
    {
        var subjects = new List<Subject>();
        Node? malformed = null;
        bool foreign = false;
        string? named = null;
        foreach (Node subject in statement["subject"].Items)
        {
            refusal = ReadSubject(subject, subjects, ref malformed, ref foreign);
            if (refusal is not null)
            {
                return null;
            }

            named ??= SubjectName.TryParse(Name(subject).Value, out ImageReference? image, out _) ? image!.ToString() : null;
        }

        refusal = subjects.Count > 0 ? null
            : malformed is not null ? malformed.Reject("not a sha256, sha384 or sha512 digest in hex, and no other subject has one")
            : foreign ? new NormalisedItem.Irrelevant("the statement's subjects have digests of other algorithms than OCI content")
            : new NormalisedItem.Hint("the statement names no subject by digest", instance, named ?? recordId);
        return refusal is null ? new InTotoStatement(subjects, statement["predicateType"].String) : null;
    }

    private static NormalisedItem.Rejected? ReadSubject(
        Node subject, List<Subject> subjects, ref Node? malformed, ref bool foreign)
    {
        Node name = Name(subject);
        bool isImage = SubjectName.TryParse(name.Value, out ImageReference? image, out Digest? stated);
        if (subject["digest"].HasValue && subject["digest"].Kind != NodeKind.Object)
        {
            malformed ??= subject["digest"];
        }

        foreach (Node member in subject["digest"].Members)
        {
            if (member.IsAmbiguous || name.IsAmbiguous)
            {
                return subject.Reject("a subject's name or digest is stated more than once");
            }

            Digest? digest = SignedDigest.OfHex(member.Name, member, out bool otherAlgorithm);
            foreign |= otherAlgorithm;
            if (digest is { } read)
            {
                if (stated is { } other && SameAlgorithm(read, other) && read != other)
                {
                    return subject.Reject("a subject's name and its digest name different digests");
                }

                subjects.Add(new Subject(isImage ? image : null, read, DigestKind.Unknown, member.Place));
            }
            else if (!otherAlgorithm)
            {
                malformed ??= member;
            }
        }

        return null;
    }

    // In v1 a subject is a resource descriptor, which may carry a URI and no name.
    private static Node Name(Node subject) => subject["name"].HasValue ? subject["name"] : subject["uri"];

    private static bool SameAlgorithm(Digest left, Digest right) =>
        left.Text.AsSpan(0, 7).SequenceEqual(right.Text.AsSpan(0, 7));
}
