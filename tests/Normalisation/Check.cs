using System.Text.Json;

namespace ReleaseIntegrity.Tests.Normalisation;

/// <summary>What holds for every item of every format, whatever the payload.</summary>
internal static class Check
{
    private const long AllocationFloorBytes = 4 * 1024 * 1024;
    private const long AllocationPerByte = 1024;

    /// <summary>
    /// Normalises and checks: at least one item, no defect, the same items again from the same bytes, lineage by
    /// position, every place resolves to its raw value, readings well-formed, reasons without values.
    /// </summary>
    public static IReadOnlyList<NormalisedItem> Items(INormalizer normalizer, Notification notification)
    {
        IReadOnlyList<NormalisedItem> items = normalizer.Normalise(notification);
        Assert.NotEmpty(items);
        Assert.Equal(Text(items), Text(normalizer.Normalise(notification)));
        string sha256 = notification.Sha256();
        using var resolver = new PlaceResolver(notification);
        for (int i = 0; i < items.Count; i++)
        {
            switch (items[i])
            {
                case NormalisedItem.Observed(var observation):
                    Assert.Equal(
                        new Lineage(sha256, i, notification.ReceivedAt, normalizer.Format, normalizer.MappingVersion), observation.Lineage);
                    Observation(observation, normalizer.Source, resolver);
                    break;
                case NormalisedItem.Rejected(var reason, _):
                    Assert.False(reason.StartsWith(DocumentNormalizer.DefectReason, StringComparison.Ordinal), reason);
                    NoValues(reason, resolver);
                    break;
                case NormalisedItem.Irrelevant(var reason):
                    NoValues(reason, resolver);
                    break;
                case NormalisedItem.Hint hint:
                    NoValues(hint.Reason, resolver);
                    Assert.NotEmpty(hint.Instance);
                    Assert.NotEmpty(hint.Target);
                    break;
            }
        }

        return items;
    }

    /// <summary>The only item, which must be an observation.</summary>
    public static Observation Single(INormalizer normalizer, Notification notification) =>
        Assert.IsType<NormalisedItem.Observed>(Assert.Single(Items(normalizer, notification))).Observation;

    /// <summary>The only item, which must be of the given kind.</summary>
    public static T Single<T>(INormalizer normalizer, Notification notification)
        where T : NormalisedItem => Assert.IsType<T>(Assert.Single(Items(normalizer, notification)));

    /// <summary>The reading of a field; fails where there is none.</summary>
    public static FieldReading Reading(this Observation observation, Field field) =>
        Assert.Single(observation.Fields, r => r.Field == field);

    /// <summary>The values of a field by its wire name, <c>name=a,b</c>, in the order of the fields.</summary>
    public static string Lines(this Observation observation) =>
        string.Join('\n', observation.Fields.Select(r => $"{WireNames.Of(r.Field)}={string.Join(',', r.Values)} {r.Place.Pointer}"));

    /// <summary>
    /// No mutation of a payload makes the normaliser throw or break what <see cref="Items"/> checks. The same seed
    /// gives the same mutations.
    /// </summary>
    public static void Totality(INormalizer normalizer, Notification notification, int rounds = 400, int seed = 20260322)
    {
        var mutator = new Mutator(seed);
        for (int round = 0; round < rounds; round++)
        {
            byte[] body = mutator.Mutate(notification.Body.Span);
            try
            {
                Bounded(normalizer, notification with { Body = body });
                Items(normalizer, notification with { Body = body });
            }
            catch (Exception e)
            {
                throw new Xunit.Sdk.XunitException($"round {round}: {e.Message}\n{System.Text.Encoding.UTF8.GetString(body)}", e);
            }
        }
    }

    /// <summary>Normalising takes no more memory than the length of the body allows; returns the bytes that it allocated.</summary>
    public static long Bounded(INormalizer normalizer, Notification notification)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        normalizer.Normalise(notification);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        long limit = AllocationFloorBytes + (AllocationPerByte * notification.Body.Length);
        Assert.True(allocated <= limit, $"{allocated} bytes allocated for a body of {notification.Body.Length}, more than {limit}");
        return allocated;
    }

    private static void Observation(Observation observation, Source source, PlaceResolver resolver)
    {
        Assert.Equal(source, observation.Record.Source);
        Assert.NotEmpty(observation.Record.Instance);
        Assert.NotEmpty(observation.Record.Id);
        Assert.Equal(observation.Fields.Count, observation.Fields.DistinctBy(f => f.Field).Count());
        foreach (FieldReading reading in observation.Fields)
        {
            Node node = resolver.Resolve(reading.Place);
            Assert.True(node.Exists, $"{reading.Field}: nothing at {reading.Place.Pointer}");
            Assert.Equal(node.Text, reading.Raw);
            Assert.Equal(reading.Values.Distinct().Order(StringComparer.Ordinal), reading.Values);
            Assert.True(reading.Unreadable is null || reading.Values.Count == 0, $"{reading.Field}: unreadable, but with a value");
            Assert.DoesNotContain("", reading.Values);
            if (reading.Unreadable is not null)
            {
                NoValues(reading.Unreadable, resolver);
            }
        }

        Assert.All(observation.Subjects, s => Assert.True(resolver.Resolve(s.Place).Exists, $"no subject at {s.Place.Pointer}"));
    }

    /// <summary>A reason names members, never values: whatever it says may be shown unmasked.</summary>
    private static void NoValues(string reason, PlaceResolver resolver)
    {
        Node root = resolver.Resolve(Place.At(""));
        // The event types that a collector reads are its own words, even where the payload has them too.
        reason = string.Join(' ', reason.Split(' ').Where(word => !word.StartsWith("dev.releaseintegrity.", StringComparison.Ordinal)));
        foreach (string text in Scalars(root).Where(t => t.Length >= 16))
        {
            Assert.DoesNotContain(text, reason, StringComparison.OrdinalIgnoreCase);
        }
    }

    private static IEnumerable<string> Scalars(Node node) =>
        node.Kind switch
        {
            NodeKind.Array => node.Items.SelectMany(Scalars),
            NodeKind.Object => node.Members.SelectMany(Scalars),
            _ => node.Text is { } text ? [text] : [],
        };

    private static string Text(IReadOnlyList<NormalisedItem> items) =>
        JsonSerializer.Serialize(items.Select(i => (object)i));
}
