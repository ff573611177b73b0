using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using ReleaseIntegrity.Tests.Collectors.Resync.Fakes;
using ReleaseIntegrity.Tests.Servers;

namespace ReleaseIntegrity.Tests.Collectors.Resync;

/// <summary>A registry answers badly.</summary>
public sealed class Oci_distribution_misbehaves() : When_a_source_misbehaves("oci-distribution");

/// <summary>A registry answers badly about signatures.</summary>
public sealed class Oci_referrers_misbehaves() : When_a_source_misbehaves("oci-referrers");

/// <summary>Harbor answers badly.</summary>
public sealed class Harbor_misbehaves() : When_a_source_misbehaves("harbor");

/// <summary>A transparency log answers badly.</summary>
public sealed class Rekor_v1_misbehaves() : When_a_source_misbehaves("rekor-v1");

/// <summary>A log of tiles answers badly.</summary>
public sealed class Rekor_v2_misbehaves() : When_a_source_misbehaves("rekor-v2");

/// <summary>ServiceNow answers badly.</summary>
public sealed class Servicenow_misbehaves() : When_a_source_misbehaves("servicenow");

/// <summary>Jira answers badly.</summary>
public sealed class Jira_misbehaves() : When_a_source_misbehaves("jira");

/// <summary>Jira Cloud answers badly.</summary>
public sealed class Jira_cloud_misbehaves() : When_a_source_misbehaves("jira-cloud");

/// <summary>A cluster answers badly.</summary>
public sealed class Kubernetes_misbehaves() : When_a_source_misbehaves("kubernetes");

/// <summary>
/// Whatever a source does, <c>GET watermarks</c> says what it was, and afterwards nothing is missing. A class for each,
/// since most of it is waiting, which they can do beside each other.
/// </summary>
public abstract class When_a_source_misbehaves(string name) : WithFolder
{
    private static readonly (Fault Fault, string[] Troubles)[] Faults =
    [
        (Fault.Broken, ["failed"]),
        (Fault.Truncated, ["truncated"]),
        (Fault.SlowLoris, ["timed-out"]),
        (Fault.Oversized, ["too-large"]),
        (Fault.Garbled, ["unexpected", "truncated"]),
        (Fault.Forbidden, ["refused"]),
        (Fault.TooMany, ["rate-limited"]),
    ];

    [Fact]
    public async Task Every_fault_has_a_clear_state_and_nothing_is_lost()
    {
        FakeApi api = FakeApi.Of(name);
        api.Add(0);
        await using FakeServer server = await FakeServer.StartAsync(api.AnswerAsync);
        await using AskingCollector collector = await AskingCollector.StartAsync(
            api.Source, Folder, server.Address, api.Api, [.. api.Settings(Folder), ("Retries", "0")]);
        await collector.AnsweredAsync(ask: false);
        int i = 0;
        foreach ((Fault fault, string[] troubles) in Faults)
        {
            server.Fault = fault;
            api.Add(++i);
            JsonElement error = await collector.FailsAsync(troubles);
            Assert.Contains(error.GetProperty("trouble").GetString()!, troubles);
            Assert.Equal("failing", (await collector.MarkAsync()).GetProperty("state").GetString());

            server.Fault = Fault.None;
            await When_a_source_is_asked.EventuallyAsync(
                async () =>
                {
                    await collector.AnsweredAsync();
                    return collector.Observations.Any(o => api.Names(o, i));
                },
                $"what was added during {fault} is here");
            Assert.Equal(JsonValueKind.Null, (await collector.MarkAsync()).GetProperty("lastError").ValueKind);
        }

        Assert.All(Enumerable.Range(0, i + 1), n => Assert.Contains(collector.Observations, o => api.Names(o, n)));
        Assert.All(server.Requests, r => Assert.Matches("^(GET|HEAD) ", r));
    }

    [Fact]
    public async Task A_certificate_that_nobody_vouches_for_is_not_accepted()
    {
        FakeApi api = FakeApi.Of(name);
        await using FakeServer server = await FakeServer.StartAsync(api.AnswerAsync, Certificates.SelfSigned("localhost"));
        await using AskingCollector collector = await AskingCollector.StartAsync(api.Source, Folder, server.Address, api.Api, [.. api.Settings(Folder)]);
        JsonElement error = await collector.FailsAsync("tls");
        Assert.Contains("CertificateAuthorityFile", error.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Empty(server.Requests);
    }
}

/// <summary>What stands between a collector and its source is told apart from what the source says.</summary>
public sealed class When_a_source_cannot_be_reached : WithFolder
{
    /// <summary>A private authority that is named vouches for its servers, and for no other name; another one for none.</summary>
    [Theory]
    [InlineData("named", "127.0.0.1")]
    [InlineData("named", "127.0.0.2")]
    [InlineData("other", "127.0.0.1")]
    public async Task A_private_authority_counts_where_it_is_named_and_for_its_servers_alone(string authority, string server)
    {
        using X509Certificate2 named = Certificates.Authority("named");
        using X509Certificate2 other = Certificates.Authority("other");
        string file = Path.Combine(Folder, "authority.pem");
        await File.WriteAllTextAsync(file, named.ExportCertificatePem(), CollectorHost.Ct);
        var registry = new FakeRegistry();
        registry.Push("team/app", "v1", FakeRegistry.Manifest(1));
        await using FakeServer tls = await FakeServer.StartAsync(
            registry.AnswerAsync, Certificates.Issued(authority == "named" ? named : other, server));
        await using AskingCollector collector = await AskingCollector.StartAsync(
            Source.ArtifactRegistry, Folder, tls.Address, "oci-distribution", ("CertificateAuthorityFile", file));
        if ((authority, server) == ("named", "127.0.0.1"))
        {
            await collector.AnsweredAsync(ask: false);
            Assert.Single(collector.Observations);
            return;
        }

        JsonElement error = await collector.FailsAsync("tls");
        Assert.Equal("its certificate or TLS version is not accepted: see CertificateAuthorityFile", error.GetProperty("detail").GetString());
        Assert.Empty(tls.Requests);
    }

    [Fact]
    public async Task A_source_that_is_not_there_is_unreachable_until_it_is()
    {
        Uri address;
        await using (FakeServer gone = await FakeServer.StartAsync(_ => Task.CompletedTask))
        {
            address = gone.Address;
        }

        await using AskingCollector collector = await AskingCollector.StartAsync(Source.ArtifactRegistry, Folder, address, "oci-distribution");
        JsonElement error = await collector.FailsAsync("unreachable");
        Assert.True(error.GetProperty("failures").GetInt64() >= 1);
        Assert.Equal(JsonValueKind.Null, (await collector.MarkAsync()).GetProperty("gapSeconds").ValueKind);
    }
}
