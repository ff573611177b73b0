using ReleaseIntegrity.Collectors.RuntimeValidation;

namespace ReleaseIntegrity.Tests.Normalisation.Runtime;

/// <summary>Published payloads, each with the outcome that it has to have.</summary>
public sealed class RuntimeSampleTests
{
    private const string CrashloopDigest = "sha256:621c2f39f8133acb8e64023a94dbdf0d5ca81896102b9e57c0dc184cadaf5528";

    private const string RunningDigest = "sha256:a8560b36e8b8210634f77d9f7f9efd7ffa463e380b75e2e74aff4511df3ef88c";

    private static readonly Dictionary<string, INormalizer> Normalizers =
        RuntimeValidationFormats.All(new RuntimeValidationOptions()).ToDictionary(n => n.Format);

    private static readonly Dictionary<string, string[]> Expected = new()
    {
        ["k8s-pod/argocd-pod-crashloop.yaml"] = [$"docker.io/library/alpine:latest@{CrashloopDigest} 151454 2018-12-02T09:20:25Z"],
        ["k8s-pod/argocd-pod-failed.yaml"] = [$"withdrawn docker.io/library/alpine:latest@{CrashloopDigest} 151243 2018-12-02T09:17:59Z"],
        ["k8s-pod/argocd-pod-imagepullbackoff.yaml"] = ["hint pod default/guestbook-ui-errimagepullbackoff-66cfffb669-45w2j, container errimagepullbackoff"],
        ["k8s-pod/argocd-pod-pending.yaml"] = ["hint pod argocd/image-pull-backoff, container main"],
        ["k8s-pod/argocd-pod-running-restart-always.yaml"] = [$"docker.io/library/alpine:latest@{CrashloopDigest} 151753 2018-12-02T09:24:50Z"],
        ["k8s-pod/argocd-pod-running-restart-never-with-ignore-annotation.yaml"] = [$"docker.io/library/alpine:3.21@{RunningDigest} 151053 2018-12-02T09:15:19Z"],
    };

    [Fact]
    public void Every_pod_has_its_revision()
    {
        string[] files = [.. Samples.Files("runtime-validation/k8s-pod")];

        Assert.Equal(Expected.Keys.Order(StringComparer.Ordinal), files.Select(f => f["runtime-validation/".Length..]));
        foreach (string file in files)
        {
            Assert.Equal(
                Expected[file["runtime-validation/".Length..]],
                Check.Items(Normalizers["k8s-pod"], Samples.Notification(file, Source.RuntimeValidation, "k8s-pod")).Select(Describe));
        }
    }

    /// <summary>A digest that the table calls valid is one that some observation carries, and no other is.</summary>
    [Fact]
    public void The_digests_of_pods_are_the_expected_ones()
    {
        IEnumerable<string[]> rows = Samples.Table("expected-digests.tsv").Where(r => r[0].StartsWith("runtime-validation/k8s-pod/", StringComparison.Ordinal));

        foreach (IGrouping<string, string[]> file in rows.GroupBy(r => r[0]))
        {
            IReadOnlyList<NormalisedItem> items = Check.Items(Normalizers["k8s-pod"], Samples.Notification(file.Key, Source.RuntimeValidation, "k8s-pod"));
            Assert.Equal(
                file.Where(r => r[2] == "valid").Select(r => r[1]).Order(StringComparer.Ordinal),
                items.OfType<NormalisedItem.Observed>().Select(o => o.Observation.Reading(Field.ObservedDigest).Single!).Order(StringComparer.Ordinal));
        }
    }

    /// <summary>A pod that Kyverno has stamped reads its outcome, once it runs.</summary>
    [Fact]
    public void A_stamped_pod_carries_its_outcome_into_an_admission_request()
    {
        string file = "runtime-validation/kyverno/pod-verify-images-annotation-digest.yaml";
        string pod = File.ReadAllText(Path.Combine(Samples.Root(), file));
        string request = "uid: r\noperation: CREATE\nobject:\n" + string.Join('\n', pod.Split('\n').Select(line => "  " + line));

        Observation observation = Check.Single(Normalizers["admission"], Make.Json(request, Source.RuntimeValidation, "admission"));

        Assert.Equal("pass", observation.Reading(Field.AdmissionCheck).Single);
        Assert.Equal("ghcr.io/kyverno/zulu:v0.0.14", Assert.Single(observation.Subjects).Image!.ToString());
        Assert.Equal(["yaml", "json"], observation.Reading(Field.AdmissionCheck).Place.Decode.Select(step => step.As));
    }

    private static string Describe(NormalisedItem item) => item switch
    {
        NormalisedItem.Observed(var o) =>
            $"{(o.Withdrawn ? "withdrawn " : "")}{o.Subjects[0].Image}@{o.Subjects[0].Digest} {o.Revision.Counter} {Times.Text(o.Revision.Time!.Value)}",
        NormalisedItem.Hint hint => $"hint {hint.Target}",
        NormalisedItem.Irrelevant(var reason) => $"irrelevant {reason}",
        NormalisedItem.Rejected(var reason, _) => $"rejected {reason}",
        _ => throw new NotSupportedException(),
    };
}
