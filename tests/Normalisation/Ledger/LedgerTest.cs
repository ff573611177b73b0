using System.Globalization;
using System.Text.Json.Nodes;
using ReleaseIntegrity.Collectors.SignatureLedger;

namespace ReleaseIntegrity.Tests.Normalisation.Ledger;

/// <summary>What the tests of both ledger formats share: normalising, and writing an observation out to compare it.</summary>
internal static class LedgerTest
{
    public static INormalizer Normalizer(string format) =>
        SignatureLedgerFormats.All().Single(n => n.Format == format);

    public static Notification Notify(string format, string body, string? instance = null) =>
        Make.Json(body, Source.SignatureLedger, format, instance);

    /// <summary>Normalises, and checks of every item what holds for all of them (<see cref="Check.Items"/>), and for this source.</summary>
    public static IReadOnlyList<NormalisedItem> Normalise(Notification notification)
    {
        IReadOnlyList<NormalisedItem> items = Check.Items(Normalizer(notification.Format), notification);
        CheckSubjects(notification, items);
        return items;
    }

    public static IReadOnlyList<NormalisedItem> Normalise(string format, JsonNode body, string? instance = null) =>
        Normalise(Notify(format, body.ToJsonString(), instance));

    public static Observation Observe(string format, JsonNode body, string? instance = null) =>
        Assert.IsType<NormalisedItem.Observed>(Assert.Single(Normalise(format, body, instance))).Observation;

    public static NormalisedItem.Rejected Reject(string format, JsonNode body, string reason)
    {
        var rejected = Assert.IsType<NormalisedItem.Rejected>(Assert.Single(Normalise(format, body)));
        Assert.Contains(reason, rejected.Reason, StringComparison.Ordinal);
        return rejected;
    }

    /// <summary>A ledger entry is about something, its subjects' digests stand where they say, and readings are in order.</summary>
    private static void CheckSubjects(Notification notification, IReadOnlyList<NormalisedItem> items)
    {
        using var resolver = new PlaceResolver(notification);
        foreach (Observation observation in items.OfType<NormalisedItem.Observed>().Select(o => o.Observation))
        {
            Assert.NotEmpty(observation.Subjects);
            Assert.Equal(observation.Fields.Select(f => f.Field).Order(), observation.Fields.Select(f => f.Field));
            foreach (Subject subject in observation.Subjects)
            {
                string raw = resolver.Resolve(subject.Place).Text!;
                string hex = subject.Digest!.Value.Text.Split(':')[1];
                Assert.True(
                    string.Equals(raw, hex, StringComparison.OrdinalIgnoreCase)
                        || raw == subject.Digest.Value.Text
                        || Uri.UnescapeDataString(raw).Contains(subject.Digest.Value.Text, StringComparison.Ordinal)
                        || (Base64Text.TryDecode(raw, out byte[] bytes) && Convert.ToHexStringLower(bytes) == hex),
                    "the subject's place holds another digest");
            }
        }
    }

    public static FieldReading? Reading(this Observation observation, Field field) =>
        observation.Fields.SingleOrDefault(f => f.Field == field);

    public static IReadOnlyList<string> Values(this Observation observation, Field field) =>
        Assert.IsType<FieldReading>(observation.Reading(field)).Values;

    /// <summary>The whole observation, a line for each fact: what the golden tests compare.</summary>
    public static string Describe(Observation observation)
    {
        var lines = new List<string>
        {
            $"record {WireNames.Of(observation.Record.Source)} {observation.Record.Instance} {WireNames.Of(observation.Record.Kind)} {observation.Record.Id}",
            $"revision {observation.Revision.Counter} {Text(observation.Revision.Time)}",
            $"signed {Text(observation.SigningTime)}, predicate {observation.PredicateType ?? "-"}, pointer '{observation.RecordPointer}'",
            $"message {observation.MessageId}",
        };
        lines.AddRange(observation.Subjects.Select(s => $"subject {s.Image?.ToString() ?? "-"} {s.Digest} {Text(s.Place)}"));
        lines.AddRange(observation.Fields.Select(f =>
            $"{WireNames.Of(f.Field)} [{string.Join(", ", f.Values)}] {Text(f.Place)}{(f.Unreadable is null ? "" : " unreadable: " + f.Unreadable)}"));
        return string.Join('\n', lines);
    }

    private static string Text(DateTimeOffset? time) => time is { } t ? Times.Text(t) : "-";

    private static string Text(Place place) =>
        string.Create(CultureInfo.InvariantCulture, $"at {string.Concat(place.Decode.Select(d => $"{d.Pointer}({d.As})"))}{place.Pointer}");
}
