using ReleaseIntegrity.Contracts;
using ReleaseIntegrity.Worlds.Shapes;

namespace ReleaseIntegrity.Worlds.Making;

/// <summary>What runs in the clusters: pods that come and go, and services that move on.</summary>
internal sealed class Rollout(Organisation organisation, Script script, Chance chance)
{
    private readonly Dictionary<string, List<Workload>> _running = [];
    private long _version = chance.Between(1000, 90000);

    /// <summary>Rolls an image out, cluster by cluster; what ran before goes a little later.</summary>
    /// <param name="image">The tuple.</param>
    /// <param name="built">The image.</param>
    /// <param name="envelope">The envelope that admission reports; null for none.</param>
    /// <param name="at">When it begins.</param>
    /// <param name="stuck">In the last cluster what ran before stays.</param>
    /// <param name="ahead">How far ahead the first cluster's clock is.</param>
    public void To(ImageReference image, BuiltImage built, string? envelope, DateTimeOffset at, bool stuck = false, TimeSpan ahead = default)
    {
        foreach (Cluster cluster in organisation.Clusters)
        {
            List<Workload> old = _running.GetValueOrDefault(cluster.Name) ?? [];
            bool stays = stuck && cluster == organisation.Clusters[^1];
            at += chance.Minutes(0.5, 3);
            if (!cluster.Shape.IsPerPod)
            {
                _running[cluster.Name] = [Start(cluster, image, built, envelope, at, old.Count > 0 ? old[0].Uid : chance.Uuid(), ahead)];
                continue;
            }

            var started = new List<Workload>();
            for (int pod = chance.Between(1, 3); pod > 0; pod--)
            {
                started.Add(Start(cluster, image, built, envelope, at, chance.Uuid(), ahead));
                at += chance.Minutes(0.2, 1);
            }

            foreach (Workload gone in stays ? [] : old)
            {
                Tell(cluster, gone with { At = at, Version = ++_version, Deleted = true });
                at += chance.Minutes(0.1, 0.5);
            }

            _running[cluster.Name] = stays ? [.. started, .. old] : started;
            ahead = default;
        }
    }

    /// <summary>A cluster's workloads are gone, and nothing comes after them.</summary>
    public void Remove(DateTimeOffset at)
    {
        Cluster cluster = organisation.Clusters[^1];
        foreach (Workload gone in _running.GetValueOrDefault(cluster.Name) ?? [])
        {
            Tell(cluster, gone with { At = at, Version = ++_version, Deleted = true });
        }

        _running.Remove(cluster.Name);
    }

    /// <summary>What stayed when a rollout stood still goes after all.</summary>
    public void Finish(BuiltImage built, DateTimeOffset at)
    {
        Cluster cluster = organisation.Clusters[^1];
        List<Workload> all = _running[cluster.Name];
        foreach (Workload gone in all.FindAll(w => w.Digest != built.Digest && !built.Children.Contains(w.Digest)))
        {
            Tell(cluster, gone with { At = at, Version = ++_version, Deleted = true });
            all.Remove(gone);
        }
    }

    private Workload Start(Cluster cluster, ImageReference image, BuiltImage built, string? envelope, DateTimeOffset at, string uid, TimeSpan ahead)
    {
        var workload = new Workload
        {
            Cluster = cluster.Name,
            Request = chance.Uuid(),
            Uid = uid,
            Name = $"shop-{uid[..5]}",
            Version = ++_version,
            At = at,
            Stated = at + ahead,
            Image = image,
            Leads = built.Digest,
            Digest = !built.IsIndex || cluster.ReportsIndex ? built.Digest : built.Children[cluster.Architecture],
            Config = cluster.ReportsConfig ? built.Config : null,
            Check = "pass",
            Envelope = envelope,
        };
        Tell(cluster, workload);
        if (ahead > TimeSpan.Zero)
        {
            // The clock is set right, and the pod is reported anew.
            Tell(cluster, workload with { At = at.AddMinutes(40), Stated = at.AddMinutes(40), Version = ++_version });
        }

        return workload;
    }

    private void Tell(Cluster cluster, Workload workload) => script.TellSoon(Source.RuntimeValidation, cluster.Shape.Told(workload), workload.At);
}
