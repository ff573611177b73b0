using System.Text.Json;
using ReleaseIntegrity.Tests.Collectors.Resync.Fakes;

namespace ReleaseIntegrity.Tests.Collectors.Resync;

/// <summary><c>oci-referrers</c>: the signatures beside an image, by the referrers API or by the fallback tag.</summary>
public sealed class When_a_registry_keeps_signatures : WithFolder
{
    private readonly FakeRegistry _registry = new();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task They_are_read_once_and_say_what_they_sign(bool hasReferrers)
    {
        _registry.HasReferrers = hasReferrers;
        string image = _registry.Push("team/app", "v1", FakeRegistry.Manifest(1));
        byte[] signature = FakeRegistry.Manifest(2, subject: image);
        _registry.Push("team/app", null, signature);
        if (!hasReferrers)
        {
            // Distribution-spec "Referrers Tag Schema".
            _registry.Push("team/app", image.Replace(':', '-'), FakeRegistry.Index(signature));
        }

        await using FakeServer server = await FakeServer.StartAsync(_registry.AnswerAsync);
        await using AskingCollector collector = await AskingCollector.StartAsync(
            Source.SignatureLedger, Folder, server.Address, "oci-referrers", ("Only:0", "team/app"));
        await collector.AnsweredAsync(ask: false);
        Assert.Contains(collector.Observations, o => o.Subjects.Any(s => s.Digest?.Text == image));

        JsonElement before = await collector.GetAsync("counts");
        await collector.AnsweredAsync();
        Assert.Equal(before.GetProperty("notifications").GetInt64(), (await collector.GetAsync("counts")).GetProperty("notifications").GetInt64());
        Assert.Single(server.Requests, r => r == $"GET /v2/team/app/manifests/{FakeRegistry.DigestOf(signature)}");
    }
}
