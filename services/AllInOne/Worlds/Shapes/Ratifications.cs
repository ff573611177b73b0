using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Worlds.Shapes;

/// <summary>
/// A cluster that is told of by Ratify's log: a signature of the image that a tag leads to was looked at. It says what was verified and
/// not what runs. A result is followed by the next one and never taken back.
/// </summary>
internal static class Ratifications
{
    private const string Manifest = "manifest:";

    /// <summary>The log line about the image that a workload asks for; a line about nothing where the workload is gone.</summary>
    public static Message Logged(Workload workload)
    {
        // Nothing but time orders results, and the log's clock is right.
        Workload w = workload with { Stated = workload.At };
        string subject = $"{w.Image.Coordinates}@{w.Leads}";
        string? signature = w.Envelope?.StartsWith(Manifest, StringComparison.Ordinal) == true ? w.Envelope[Manifest.Length..] : null;
        string reference = signature is null ? "" : $",\"referenceDigest\":\"{signature}\"";
        string report = $$"""{"isSuccess":true,"verifierReports":[{"subject":"{{subject}}","isSuccess":true,"name":"verifier-notation","type":"notation","artifactType":"application/vnd.cncf.notary.signature"{{reference}}}]}""";
        string line = w.Deleted
            ? $$"""{"level":"info","msg":"received a request","time":"{{w.Stated.Text()}}"}"""
            : $$"""{"level":"info","msg":{{Ledgers.Json($"verify result for subject {subject}: {report}")}},"time":"{{w.Stated.Text()}}"}""";
        var message = Message.Of("ratify", line).With("x-cluster-id", w.Cluster);
        Statement said = Runtimes.Say(w with { Config = null, Envelope = signature is null ? null : w.Envelope }, $"ratify/{w.Leads}/{signature}") with
        {
            Kind = RecordKind.AdmissionDecision,
            Image = w.Image with { Tag = null },
            Digest = w.Leads,
        };
        return w.Deleted ? message : message with { Statements = [said with { Fields = said.Fields.Where(f => f.Key != Field.ObservedDigest).ToDictionary() }] };
    }
}
