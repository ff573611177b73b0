using System.Net.Http.Headers;

namespace ReleaseIntegrity.AllInOne.Demo;

/// <summary>One notification of the demo.</summary>
/// <param name="File">The file that holds it, in Demo/Scenario.</param>
/// <param name="Path">The endpoint that takes it.</param>
/// <param name="MediaType">Its media type.</param>
/// <param name="Says">What it says, in words.</param>
internal sealed record DemoNotification(string File, string Path, string MediaType, string Says)
{
    /// <summary>The request that sends it, byte for byte as the file has it.</summary>
    public HttpRequestMessage Request()
    {
        Stream content = typeof(DemoNotification).Assembly.GetManifestResourceStream("demo/" + File)
            ?? throw new DemoException($"{File} is not within the program: the build is broken");
        var body = new StreamContent(content);
        body.Headers.ContentType = new MediaTypeHeaderValue(MediaType);
        return new HttpRequestMessage(HttpMethod.Post, Path) { Content = body };
    }
}

/// <summary>The scenario: after a hotfix the registry still names A, everybody else names B.</summary>
internal static class DemoScenario
{
    /// <summary>The four records that disagree.</summary>
    public static IReadOnlyList<DemoNotification> Records { get; } =
    [
        new("1-registry-promotes-A.distribution.json", "/notifications/distribution", "application/vnd.docker.distribution.events.v2+json",
            "the registry: tag rel-2026.03.22.4 names digest A, 8f4…7ac"),
        new("2-ledger-signs-B.sigstore-bundle.json", "/notifications/sigstore-bundle", "application/vnd.dev.sigstore.bundle.v0.3+json",
            "the ledger: key kms-prod-sign-09 signed the same tag at digest B, 8f4…71e"),
        new("3-change-approves-B.servicenow.json", "/notifications/servicenow", "application/json",
            "the change: B is approved, with an older fingerprint and approval time"),
        new("4-runtime-runs-B.cloudevents.json", "/runtime-validation/notifications/cloudevents", "application/cloudevents+json",
            "the runtime: B runs, with an envelope id that no ledger entry has"),
    ];

    /// <summary>What arrives late.</summary>
    public static DemoNotification LatePromotion { get; } =
        new("5-registry-promotes-B.distribution.json", "/notifications/distribution", "application/vnd.docker.distribution.events.v2+json",
            "the registry: the tag names B now");
}

/// <summary>The demo can't go on.</summary>
internal sealed class DemoException(string message) : Exception(message);
