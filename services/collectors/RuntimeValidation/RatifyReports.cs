using ReleaseIntegrity.Collectors.Formats;
using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Collectors.RuntimeValidation;

/// <summary>
/// Makes one item of each of Ratify's reports about an artifact. A result has no id, and a time only in a log or from the provider: what was
/// verified, and which signature, is the record.
/// </summary>
/// <param name="cluster">The cluster.</param>
/// <param name="items">Where items go.</param>
internal sealed class RatifyReports(Cluster cluster, Items items)
{
    private static readonly string[] OtherVerifiers = ["sbom", "vulnerability", "schema", "license"];

    private static readonly string[] Lists = ["verifierReports", "artifactReports", "results"];

    // What the provider of version 1 called the list of a whole result at first. Within a report it is about what refers to a signature.
    private const string FirstName = "nestedReports";

    /// <summary>Adds the items of one result.</summary>
    /// <param name="result">The result.</param>
    /// <param name="subject">Where its subject stands, if its reports don't say it.</param>
    /// <param name="time">Where the time of its log line stands.</param>
    internal void Read(Node result, Node subject, Node time)
    {
        Node reports = Array.ConvertAll(Lists, name => result[name]).FirstOrDefault(list => list.Exists)
            ?? (result[FirstName].Exists ? result[FirstName] : result[Lists[0]]);
        if (result.Failure is not null || reports.Kind != NodeKind.Array || reports.IsAmbiguous)
        {
            items.Add(result.Failure ?? reports.Reject("not a verification result: one list of verifierReports or artifactReports is wanted"));
            return;
        }

        if (reports.Items.Count == 0)
        {
            items.Add(subject.Value is { } target
                ? new NormalisedItem.Hint("a result without reports: nothing says which signature was looked at", cluster.Name, target)
                : new NormalisedItem.Irrelevant("a result without reports and without a subject"));
        }

        foreach (Node report in reports.Items)
        {
            // The provider says itself when it looked.
            items.Add(ReadReport(
                report, report["subject"].HasValue ? report["subject"] : subject, result["timestamp"].HasValue ? result["timestamp"] : time));
        }
    }

    private NormalisedItem ReadReport(Node report, Node subject, Node time)
    {
        Node type = report["artifactType"];
        Node reference = report["referenceDigest"];
        if (subject.IsAmbiguous || reference.IsAmbiguous || type.IsAmbiguous || subject.Value is not { } text)
        {
            return subject.Reject("a report needs one subject, and at most one referenceDigest and artifactType");
        }

        if (!ImageReference.TryParse(text, out ImageReference? image, out Digest? digest))
        {
            return subject.Reject("not an image reference (registry/repository, with a tag or a well-formed digest)");
        }

        return !IsSignature(report) ? new NormalisedItem.Irrelevant("a report about something other than a signature")
            : digest is null ? new NormalisedItem.Hint("a report whose subject names no digest", cluster.Name, image!.ToString())
            : Observe(report, subject, reference, time, image!, digest.Value);
    }

    private NormalisedItem Observe(Node report, Node subject, Node reference, Node time, ImageReference image, Digest digest)
    {
        TimeReading at = Times.Read(time, TimeFormats.Rfc3339);
        if (at.Unreadable is not null)
        {
            return time.Reject(at.Unreadable);
        }

        var readings = new Readings();
        Node? outcome = Outcomes(report).MinBy(o => o.Boolean is { } success ? (success ? 1 : 0) : -1);
        if (outcome is not null)
        {
            _ = outcome.Boolean is { } success
                ? readings.Value(Field.AdmissionCheck, outcome, success ? "pass" : "fail")
                : readings.Unreadable(Field.AdmissionCheck, outcome, "neither true nor false");
        }

        Digest? manifest = ManifestOf(reference.Value);
        if (reference.HasValue)
        {
            _ = manifest is { } id
                ? readings.Value(Field.ObservedEnvelopeId, reference, $"manifest:{id}")
                : readings.Unreadable(Field.ObservedEnvelopeId, reference, "not an OCI digest");
        }

        cluster.Read(readings, report);
        readings.Time(Field.ObservationTime, time, TimeFormats.Rfc3339);
        Node verifier = report["name"].HasValue ? report["name"] : report["verifierName"];
        string which = manifest?.Text ?? verifier.Value ?? "result";
        return new NormalisedItem.Observed(new Observation
        {
            Record = new SourceRecord(
                Source.RuntimeValidation, cluster.Name, RecordKind.AdmissionDecision, $"{cluster.Name}/{image.Coordinates}@{digest}/{which}"),
            Revision = new Revision(null, at.Utc),
            Lineage = items.NextLineage,
            Subjects = [new Subject(image, digest, DigestKind.Unknown, subject.Place)],
            Fields = readings.ToList(),
            RecordPointer = report.Pointer,
        });
    }

    /// <summary>The report's own outcome; else those of its verifiers, of which the worst counts.</summary>
    private static IEnumerable<Node> Outcomes(Node report)
    {
        Node own = report["isSuccess"].Exists ? report["isSuccess"] : report["succeeded"];
        return own.Exists ? [own] : Lists.SelectMany(name => report[name].Items).SelectMany(Outcomes);
    }

    private static Digest? ManifestOf(string? reference) =>
        Digest.TryParse(reference?[(reference.LastIndexOf('@') + 1)..], out Digest digest) ? digest : null;

    /// <summary>Older results say no artifact type; then the verifier's name has to do.</summary>
    private static bool IsSignature(Node report) =>
        report["artifactType"].Value is { } type
            ? type.Contains("signature", StringComparison.Ordinal) || type.Contains(".sig.", StringComparison.Ordinal)
                || type.StartsWith("application/vnd.dev.sigstore.bundle", StringComparison.Ordinal)
            : !OtherVerifiers.Any(other => VerifierOf(report).Text?.Contains(other, StringComparison.OrdinalIgnoreCase) == true);

    private static Node VerifierOf(Node report) =>
        report["type"].HasValue ? report["type"] : report["name"].HasValue ? report["name"] : report["verifierName"];
}
