using System.Text;
using ReleaseIntegrity.Collectors.RuntimeValidation;
using ReleaseIntegrity.Collectors.RuntimeValidation.Formats;

namespace ReleaseIntegrity.Tests.Normalisation.Runtime;

public sealed class PolicyReportTests
{
    private static readonly PolicyReportNormalizer Normalizer = new(new RuntimeValidationOptions());

    private const string Report = """
        {"apiVersion":"wgpolicyk8s.io/v1alpha2","kind":"PolicyReport","metadata":{"name":"r","namespace":"pay","uid":"u","resourceVersion":"7"},
         "scope":{"apiVersion":"v1","kind":"Pod","name":"api-1","namespace":"pay"},
         "results":[{"policy":"signed","rule":"check","result":"fail","timestamp":{"seconds":1679565894,"nanos":-5},"source":"kyverno"},
                    {"policy":"signed","resources":[{"kind":"Deployment","name":"api"},{"kind":"ConfigMap","name":"c"},{"kind":"Pod","name":"p","namespace":"other"}]},
                    {"policy":"audit","resources":[{"kind":"Namespace","name":"pay"}]},
                    "not a result"]}
        """;

    private static Notification Notify(string body) => Make.Json(body, Source.RuntimeValidation, "policy-report", "prod-eu");

    [Fact]
    public void Each_result_asks_for_the_pods_and_workloads_that_it_is_about()
    {
        IReadOnlyList<NormalisedItem> items = Check.Items(Normalizer, Notify(Report));

        Assert.Equal(4, items.Count);
        var scope = Assert.IsType<NormalisedItem.Hint>(items[0]);
        Assert.Equal(("prod-eu", "Pod pay/api-1"), (scope.Instance, scope.Target));
        Assert.Equal("Deployment pay/api, Pod other/p", Assert.IsType<NormalisedItem.Hint>(items[1]).Target);
        Assert.IsType<NormalisedItem.Irrelevant>(items[2]);
        Assert.Equal("/results/3", Assert.IsType<NormalisedItem.Rejected>(items[3]).Pointer);
    }

    [Theory]
    [InlineData("wgpolicyk8s.io/v1alpha1", "PolicyReport", "resources")]
    [InlineData("wgpolicyk8s.io/v1alpha2", "ClusterPolicyReport", "resources")]
    [InlineData("wgpolicyk8s.io/v1beta1", "PolicyReport", "subjects")]
    [InlineData("reports.x-k8s.io/v1beta1", "PolicyReport", "subjects")]
    [InlineData("openreports.io/v1alpha1", "Report", "resources")]
    [InlineData("policy.kubernetes.io/v1alpha1", "PolicyReport", "resources")]
    [InlineData("openreports.io/v1alpha1", "ClusterReport", "subjects")]
    [InlineData("openreports.io/v1alpha1", "PolicyReport", "resources")]
    public void Every_group_and_kind_is_known(string version, string kind, string member)
    {
        string report = $$"""{"apiVersion":"{{version}}","kind":"{{kind}}","results":[{"{{member}}":[{"kind":"Pod","name":"a","namespace":"n"}]}]}""";

        Assert.Equal("Pod n/a", Check.Single<NormalisedItem.Hint>(Normalizer, Notify(report)).Target);
        Assert.Equal(2, Check.Items(Normalizer, Notify($$"""{"apiVersion":"v1","kind":"List","items":[{{report}},{{report}}]}""")).Count);
        string bare = report.Replace($"\"apiVersion\":\"{version}\",\"kind\":\"{kind}\",", "", StringComparison.Ordinal);
        Check.Single<NormalisedItem.Hint>(Normalizer, Notify($$"""{"apiVersion":"{{version}}","kind":"{{kind}}List","items":[{{bare}}]}"""));
    }

    [Theory]
    [InlineData("""{"apiVersion":"wgpolicyk8s.io/v1alpha2","kind":"PolicyReport"}""", typeof(NormalisedItem.Irrelevant))]
    [InlineData("""{"apiVersion":"wgpolicyk8s.io/v1alpha2","kind":"PolicyReport","results":[]}""", typeof(NormalisedItem.Irrelevant))]
    [InlineData("""{"apiVersion":"wgpolicyk8s.io/v1alpha2","kind":"PolicyReport","results":null}""", typeof(NormalisedItem.Irrelevant))]
    [InlineData("""{"apiVersion":"wgpolicyk8s.io/v1alpha2","kind":"PolicyReportList","items":[]}""", typeof(NormalisedItem.Irrelevant))]
    [InlineData("""{"apiVersion":"v1","kind":"Pod"}""", typeof(NormalisedItem.Irrelevant))]
    [InlineData("""{"apiVersion":"acme.example/v1","kind":"Report","results":[{}]}""", typeof(NormalisedItem.Irrelevant))]
    [InlineData("""{"apiVersion":"wgpolicyk8s.io/v1alpha2","kind":"PolicyReport","results":{"a":1}}""", typeof(NormalisedItem.Rejected))]
    [InlineData("7", typeof(NormalisedItem.Rejected))]
    [InlineData("a: b: c", typeof(NormalisedItem.Rejected))]
    public void What_names_nothing_says_why(string body, Type expected) =>
        Assert.IsType(expected, Assert.Single(Check.Items(Normalizer, Notify(body))));

    [Fact]
    public void A_report_that_only_counts_its_results_asks_for_its_scope() =>
        Assert.Equal("Pod n/a", Check.Single<NormalisedItem.Hint>(Normalizer, Notify(
            """{"apiVersion":"wgpolicyk8s.io/v1alpha2","kind":"PolicyReport","scope":{"kind":"Pod","name":"a","namespace":"n"},"summary":{"fail":1}}""")).Target);

    [Fact]
    public void A_byte_order_mark_and_several_YAML_documents_are_no_obstacle()
    {
        byte[] body = [.. Encoding.UTF8.Preamble, .. Encoding.UTF8.GetBytes("""
            apiVersion: wgpolicyk8s.io/v1alpha2
            kind: PolicyReport
            results: [{resources: [{kind: Pod, name: a, namespace: n}], timestamp: {seconds: 1, nanos: -9}}]
            ---
            apiVersion: wgpolicyk8s.io/v1alpha2
            kind: ClusterPolicyReport
            ---
            """)];

        IReadOnlyList<NormalisedItem> items = Check.Items(Normalizer, Make.Bytes(body, Source.RuntimeValidation, "policy-report"));

        Assert.Equal("unnamed-cluster", Assert.IsType<NormalisedItem.Hint>(items[0]).Instance);
        Assert.IsType<NormalisedItem.Irrelevant>(items[1]);
        Assert.Equal(2, items.Count);
    }

    [Fact]
    public void No_mutation_makes_it_throw() => Check.Totality(Normalizer, Notify(Report));
}
