using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using ReleaseIntegrity.Contracts.Topology;
using ReleaseIntegrity.Tests.Distributed.Broker;
using ReleaseIntegrity.Tests.Distributed.Deployed;
using ReleaseIntegrity.Tests.Running;
using ReleaseIntegrity.Tests.Servers;

namespace ReleaseIntegrity.Tests.Distributed;

/// <summary>
/// Bytes that are no message, messages of somebody else, and parcels of which one item can't be used: the neighbours go
/// through, what is poison is kept whole with a reason, and nothing is held up.
/// </summary>
[Collection(SharedBroker.Name)]
public sealed class When_a_message_is_poison(BrokerFixture broker, ITestOutputHelper output)
{
    private const int Releases = 12;
    private const string EnvelopeType = "application/vnd.masstransit+json";
    private const string ReasonHeader = "MT-Fault-Message";

    private static readonly JsonSerializerOptions AsItStands = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly byte[] NoEnvelope = [0xff, 0x00, 0x7b, 0xfe];

    private static readonly byte[] Foreign = Encoding.UTF8.GetBytes("""
        {"messageId":"0b9c1f0e-5a35-4f0c-8c3c-6a1f37f4d001","messageType":["urn:message:Somebody.Else:ThingHappened"],"message":{"thing":"somebody else's"}}
        """);

    [Fact]
    public async Task Its_neighbours_go_through_and_it_is_kept_whole_with_its_reason()
    {
        LongRun.Require();
        BusAddress bus = await broker.VirtualHostAsync();
        using var deployment = new Deployment(bus);
        await using QueueTap tap = await QueueTap.OpenAsync(bus);
        var traffic = new Traffic(deployment);

        await Task.WhenAll(Role.Collectors.Select(deployment.Start).ToArray().Select(r => r.IsReadyAsync()));
        await traffic.SendAsync(Releases);
        await Eventually.IsAsync(
            "the collectors are done",
            async () => await Task.WhenAll(Sources.All.Select(deployment.Reads.CountsAsync)),
            counts => counts.All(c => c.Waiting == 0 && c.Unpublished == 0),
            () => deployment.Log);
        QueueDeclaration observations = await PoisonAsync(tap, Partitions, Unreadable("observations-normalised.v1"), Unfoldable);

        Replica reconciler = deployment.Start(Role.Reconciler);
        await reconciler.IsReadyAsync();
        await deployment.Reads.QuietAsync(() => deployment.Log);
        await PutGarbageAsync(tap, Queues.Cases);
        await Eventually.IsTrueAsync(
            "the handoff's queue has something", async () => await tap.CountAsync(Queues.HandoffFeed.Name) > 0, () => deployment.Log);
        await PoisonAsync(tap, [Queues.HandoffFeed], Unreadable("ledger-changed.v1"), Mismatched);

        await deployment.Start(Role.Handoff).IsReadyAsync();
        output.WriteLine($"{await deployment.SameAsOfflineAsync(traffic)}");

        await KeptAsync(deployment, tap, observations, "nonsense.v1", "\"unreadable\"");
        await KeptAsync(deployment, tap, Queues.HandoffFeed, "nonsense.v1", "\"unreadable\"", "\"mismatched\"");
        await KeptAsync(deployment, tap, Queues.Cases);
        JsonArray quarantined = (await deployment.Reads.QuarantineAsync()).AsArray();
        Assert.NotEmpty((string?)Assert.Single(quarantined)!["reason"] ?? "");
    }

    private static IReadOnlyList<QueueDeclaration> Partitions => new ObservationPartitions(8).Queues;

    private static JsonObject Unreadable(string type) => Item(type, new JsonObject { ["nothing-that-is-known"] = "unreadable" });

    private static JsonObject Item(string type, JsonNode body) => new() { ["id"] = $"{Guid.NewGuid():D}", ["type"] = type, ["body"] = body };

    /// <summary>An observation of no notification: it can be read, and can't be stored.</summary>
    private static JsonObject Unfoldable(JsonNode good)
    {
        JsonNode body = good["body"]!.DeepClone();
        body["observations"]![0]!["lineage"]!["notificationSha256"] = null;
        return Item("observations-normalised.v1", body);
    }

    /// <summary>A ledger that is not the one of its hash.</summary>
    private static JsonObject Mismatched(JsonNode good) => Item("ledger-changed.v1", new JsonObject
    {
        ["tuple"] = good["body"]!["tuple"]!.DeepClone(),
        ["revision"] = 1_000,
        ["canonicalLedger"] = new JsonObject { ["is"] = "mismatched" },
        ["ledgerSha256"] = new string('0', 64),
        ["recordedAt"] = "2026-03-22T10:00:00Z",
    });

    /// <summary>
    /// Tampers with the longest parcel that waits in one of the queues: items that nobody can use between its own. Puts
    /// garbage before and behind it. Returns the queue.
    /// </summary>
    private static async Task<QueueDeclaration> PoisonAsync(
        QueueTap tap, IReadOnlyList<QueueDeclaration> queues, JsonObject unreadable, Func<JsonNode, JsonObject> unusable)
    {
        foreach (QueueDeclaration queue in queues)
        {
            IReadOnlyList<Taken> parcels = await tap.TakeAllAsync(queue.Name);
            Taken? longest = parcels.MaxBy(p => Items(p).Count);
            bool isIt = longest is not null && Items(longest).Count > 1;
            if (isIt)
            {
                await PutGarbageAsync(tap, queue);
            }

            foreach (Taken parcel in parcels)
            {
                byte[] body = isIt && parcel == longest ? Tampered(parcel, unreadable, unusable) : parcel.Body;
                await tap.PutAsync(queue.Name, body, parcel.ContentType);
            }

            if (isIt)
            {
                await PutGarbageAsync(tap, queue);
                return queue;
            }
        }

        Assert.Fail("no parcel has several items");
        return null!;
    }

    private static byte[] Tampered(Taken parcel, JsonObject unreadable, Func<JsonNode, JsonObject> unusable)
    {
        JsonNode envelope = JsonNode.Parse(parcel.Body)!;
        JsonArray items = envelope["message"]!["items"]!.AsArray();
        JsonObject last = unusable(items[0]!);
        items.Insert(1, unreadable);
        items.Insert(0, Item("nonsense.v1", new JsonObject { ["is"] = "nonsense" }));
        items.Insert(2, last);

        // The neighbours' documents stand in place and have their hashes beside them: not a character may change.
        return Encoding.UTF8.GetBytes(envelope.ToJsonString(AsItStands));
    }

    private static JsonArray Items(Taken parcel) => JsonNode.Parse(parcel.Body)!["message"]!["items"]!.AsArray();

    private static async Task PutGarbageAsync(QueueTap tap, QueueDeclaration queue)
    {
        await tap.PutAsync(queue.Name, NoEnvelope, EnvelopeType);
        await tap.PutAsync(queue.Name, NoEnvelope, contentType: null);
        await tap.PutAsync(queue.Name, Foreign, EnvelopeType);
    }

    /// <summary>The queue is empty, and its error queue has all the garbage, byte for byte, and the items, each with a reason.</summary>
    private static async Task KeptAsync(Deployment deployment, QueueTap tap, QueueDeclaration queue, params string[] items)
    {
        int garbage = queue == Queues.Cases ? 3 : 6;
        await Eventually.IsAsync(
            $"{queue.Name} is empty, and {queue.ErrorQueue} has {garbage} + {items.Length}",
            async () => (Waiting: await tap.CountAsync(queue.Name), Errors: await tap.CountAsync(queue.ErrorQueue)),
            c => c.Waiting == 0 && c.Errors == garbage + items.Length,
            () => deployment.Log);

        IReadOnlyList<Taken> errors = await tap.TakeAllAsync(queue.ErrorQueue);
        Assert.Equal(garbage / 3 * 2, errors.Count(e => e.Body.SequenceEqual(NoEnvelope)));
        Assert.Equal(garbage / 3, errors.Count(e => e.Body.SequenceEqual(Foreign)));
        Assert.All(items, item => Assert.Single(errors, e => e.Text.Contains(item, StringComparison.Ordinal)));
        Assert.All(errors, e => Assert.NotEmpty(e.Headers.GetValueOrDefault(ReasonHeader) ?? ""));
    }
}
