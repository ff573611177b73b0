using System.Text;
using ReleaseIntegrity.Contracts;
using ReleaseIntegrity.Worlds;
using ReleaseIntegrity.Worlds.Making;

namespace ReleaseIntegrity.Tests.Worlds;

/// <summary>What a world holds for true is what the collectors read from its bytes: no more, no less, in every shape.</summary>
public sealed class The_worlds_speak_as_sources_do
{
    private const int Seeds = 300;

    [Fact]
    public void What_is_read_from_a_notification_is_what_its_teller_knows()
    {
        var wrong = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (World world in World.Stream(0).Take(Seeds))
        {
            foreach (Telling telling in world.Tellings)
            {
                // What is about nobody's artifact is true, and told to nobody.
                Observation[] observed = [.. Normalisers.Read(telling.Delivery).OfType<NormalisedItem.Observed>().Select(o => o.Observation).Where(o => !IsUnrelated(telling, o))];
                string[] read = [.. observed.Select(Line).Order(StringComparer.Ordinal)];
                string[] told = [.. telling.Statements.Select(Line).Order(StringComparer.Ordinal)];
                if (!told.SequenceEqual(read))
                {
                    wrong[$"{telling.Delivery.Source} {telling.Delivery.Format}"] = $"seed {world.Seed}, {telling.Delivery.Source} {telling.Delivery.Format}\ntold {string.Join('\n', told)}\nread {string.Join('\n', read)}\n{Encoding.UTF8.GetString(telling.Delivery.Body.Span)}";
                }
            }
        }

        Assert.True(wrong.Count == 0, string.Join("\n\n", wrong.Values));
    }

    [Fact]
    public void Every_shape_of_every_source_is_spoken()
    {
        HashSet<(Source, string)> spoken = [.. World.Stream(1).Take(Seeds).SelectMany(w => w.Deliveries).Select(d => (d.Source, d.Format))];

        Assert.Equal(Formats.Order(), spoken.Select(s => $"{WireNames.Of(s.Item1)}/{s.Item2}").Order());
    }

    private static readonly string[] Formats =
    [
        .. new[] { "aliyun-acr", "aws-ecr", "azure-acr", "cdevents", "cloudevents", "distribution", "docker-hub", "github-packages", "google-gar", "harbor", "jfrog", "oci-distribution", "oci-layout", "quay" }.Select(f => $"artifact-registry/{f}"),
        .. new[] { "cdevents", "cloudevents", "cosign-simplesigning", "dsse", "fulcio", "github-attestation", "intoto-slsa", "notation", "oci-layout", "oci-referrers", "rekor-v1", "rekor-v2", "sigstore-bundle" }.Select(f => $"signature-ledger/{f}"),
        .. new[] { "azure-devops", "cdevents", "cloudevents", "gitea", "github", "gitlab", "jira", "pagerduty", "servicenow" }.Select(f => $"change-snapshot/{f}"),
        .. new[] { "argocd", "cdevents", "cloudevents", "flux", "k8s-admission", "k8s-audit", "k8s-pod", "kyverno", "policy-report", "ratify" }.Select(f => $"runtime-validation/{f}"),
    ];

    private static bool IsUnrelated(Telling telling, Observation observation) =>
        telling.Statements.Count == 0 && observation.Subjects is [{ Image: null }];

    private static string Line(Statement s) => string.Join('\n',
    [
        $"{s.Source} {s.Instance} {s.Kind} {s.Time:u} withdrawn={s.Withdrawn} approved={s.Approved} {s.Digest} {string.Join(',', s.Children.Order())}",
        .. s.Withdrawn ? [] : s.Fields.OrderBy(f => f.Key).Select(f => $"  {f.Key}={string.Join('|', f.Value)}"),
    ]);

    private static string Line(Observation o) => string.Join('\n',
    [
        $"{o.Record.Source} {o.Record.Instance} {o.Record.Kind} {o.Revision.Time:u} withdrawn={o.Withdrawn} approved={o is { Approval: Approval.Approved }} {(o.Subjects is [{ DigestKind: not DigestKind.Config } subject] ? subject.Digest : null)} {string.Join(',', o.Children.Order())}",
        .. o.Withdrawn || o.Record.Kind == RecordKind.RegistryManifest ? [] : o.Fields.Where(f => f.DigestKind != DigestKind.Config).OrderBy(f => f.Field).Select(f => $"  {f.Field}={string.Join('|', f.Values)}"),
    ]);
}
