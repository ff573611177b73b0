using ReleaseIntegrity.Collectors.RuntimeValidation;
using ReleaseIntegrity.Collectors.RuntimeValidation.Formats;

namespace ReleaseIntegrity.Tests.Normalisation.Runtime;

/// <summary><c>argocd</c> and <c>flux</c>: what delivery tools say of what they applied.</summary>
public sealed class DeliveryTests
{
    private static readonly ArgoCdNormalizer ArgoCd = new(new RuntimeValidationOptions());

    private static readonly FluxNormalizer Flux = new(new RuntimeValidationOptions());

    private static readonly string Digest = Make.Digest('b');

    private static string Application(string images, string metadata = "") => $$"""
        {"apiVersion":"argoproj.io/v1alpha1","kind":"Application","metadata":{"name":"shop","namespace":"argocd","uid":"u-1","resourceVersion":"77"{{metadata}}},
         "status":{"summary":{"images":[{{images}}]},"reconciledAt":"2026-03-22T10:00:00Z","operationState":{"finishedAt":"2026-03-22T09:59:00Z"},"sync":{"revision":"abc"} } }
        """;

    private static Notification Notify(string body, string format = "argocd") => Make.Json(body, Source.RuntimeValidation, format, "prod-eu");

    [Fact]
    public void A_pinned_image_of_an_application_is_what_runs_golden()
    {
        Observation observation = Check.Single(ArgoCd, Notify(Application($"\"registry.example/app:1@{Digest}\"")));

        Assert.Equal(new SourceRecord(Source.RuntimeValidation, "prod-eu", RecordKind.Container, "prod-eu/u-1/registry.example/app"), observation.Record);
        Assert.Equal(new Revision("77", new DateTimeOffset(2026, 3, 22, 10, 0, 0, TimeSpan.Zero)), observation.Revision);
        Assert.Equal(("registry.example/app:1", Digest), (observation.Subjects[0].Image!.ToString(), observation.Subjects[0].Digest!.Value.Text));
        Assert.Equal(
            $"""
            observed-digest={Digest} /status/summary/images/0
            cluster-id=prod-eu 
            observation-time=2026-03-22T10:00:00Z /status/reconciledAt
            """,
            observation.Lines());
    }

    [Fact]
    public void An_image_by_tag_is_a_hint_and_so_are_several_digests_of_one_repository()
    {
        Assert.Equal("registry.example/app:1", Check.Single<NormalisedItem.Hint>(ArgoCd, Notify(Application("\"registry.example/app:1\""))).Target);
        Assert.All(
            Check.Items(ArgoCd, Notify(Application($"\"registry.example/app@{Digest}\",\"registry.example/app@{Make.Digest('c')}\""))),
            item => Assert.IsType<NormalisedItem.Hint>(item));
        Check.Single<NormalisedItem.Rejected>(ArgoCd, Notify(Application("\"registry.example/app@sha256:12\"")));
        Check.Single<NormalisedItem.Rejected>(ArgoCd, Notify(Application($"\"registry.example/app@{Digest}\"", ",\"uid\":\"u-2\"")));
    }

    [Fact]
    public void Lists_watches_and_templates_hold_applications()
    {
        string app = Application($"\"registry.example/app@{Digest}\"");
        Observation[] all = [.. new[]
        {
            app, $$"""{"app":{{app}},"context":1}""", $$"""{"kind":"ApplicationList","items":[{{app}}]}""", $$"""{"type":"MODIFIED","object":{{app}} }""",
        }.Select(body => Check.Single(ArgoCd, Notify(body)))];

        Assert.Single(all.Select(o => (o.Record, o.Revision)).Distinct());
        Assert.True(Check.Single(ArgoCd, Notify($$"""{"type":"DELETED","object":{{app}} }""")).Withdrawn);
        Assert.True(Check.Single(ArgoCd, Notify(Application($"\"registry.example/app@{Digest}\"", ",\"deletionTimestamp\":\"2026-03-22T10:00:00Z\""))).Withdrawn);
    }

    [Theory]
    [InlineData("""{"kind":"Application","metadata":{"name":"a"},"spec":{}}""", typeof(NormalisedItem.Irrelevant))]
    [InlineData("""{"kind":"AppProject","metadata":{"name":"a"}}""", typeof(NormalisedItem.Irrelevant))]
    [InlineData("""{"kind":"ApplicationList","items":[]}""", typeof(NormalisedItem.Irrelevant))]
    [InlineData("""{"text":"app synced"}""", typeof(NormalisedItem.Rejected))]
    [InlineData("7", typeof(NormalisedItem.Rejected))]
    public void What_reports_no_images_says_why(string body, Type expected) =>
        Assert.IsType(expected, Assert.Single(Check.Items(ArgoCd, Notify(body))));

    [Theory]
    [InlineData("Kustomization", "Kustomization apps/webapp")]
    [InlineData("HelmRelease", "HelmRelease apps/webapp")]
    [InlineData("OCIRepository", null)]
    [InlineData("ImageUpdateAutomation", null)]
    public void An_event_of_flux_asks_for_the_pods_of_what_was_applied_golden(string kind, string? target)
    {
        string body = $$$"""
            {"involvedObject":{"kind":"{{{kind}}}","namespace":"apps","name":"webapp"},"severity":"info","reason":"ReconciliationSucceeded",
             "metadata":{"kustomize.toolkit.fluxcd.io/revision":"main@sha1:731f7eaddfb6af01cb2173e18f0f75b0ba780ef1"},"timestamp":"2026-03-22T10:00:00Z"}
            """;

        NormalisedItem item = Assert.Single(Check.Items(Flux, Notify(body, "flux")));

        Assert.Equal(
            target is null ? new NormalisedItem.Irrelevant("an event about a source or an automation, which runs no containers")
                : new NormalisedItem.Hint("an event about what was applied names no image digest: only the pods tell what runs", "prod-eu", target),
            item);
        Check.Totality(Flux, Notify(body, "flux"), 100);
    }

    [Theory]
    [InlineData("""{"hello":1}""")]
    [InlineData("""{"involvedObject":{"kind":"Kustomization","kind":"HelmRelease","name":"a"}}""")]
    [InlineData("7")]
    public void What_is_no_event_of_flux_is_rejected(string body) => Check.Single<NormalisedItem.Rejected>(Flux, Notify(body, "flux"));

    [Fact]
    public void No_mutation_breaks_it() => Check.Totality(ArgoCd, Notify(Application($"\"registry.example/app:1@{Digest}\",\"registry.example/other:1\"")));


    [Fact]
    public void Argo_CDs_own_stream_wraps_each_change_as_a_result()
    {
        string app = Application($"\"registry.example/app@{Digest}\"").ReplaceLineEndings("");
        string Changed(string type) => $$"""{"result":{"type":"{{type}}","application":{{app}} } }""";
        string stream = $"{Changed("MODIFIED")}\n{Changed("DELETED")}\n";

        Assert.Equal([false, true], Check.Items(ArgoCd, Notify(stream)).Cast<NormalisedItem.Observed>().Select(i => i.Observation.Withdrawn));
    }
}
