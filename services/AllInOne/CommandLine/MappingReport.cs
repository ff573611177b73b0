using ReleaseIntegrity.Collectors.ChangeSnapshot.Mapping;
using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.AllInOne.CommandLine;

/// <summary>A trial of a mapping, for a person.</summary>
internal static class MappingReport
{
    /// <summary>Writes the items, each with what its expressions choose and what it says.</summary>
    public static void Write(IReadOnlyList<TrialRecord> records, TextWriter output)
    {
        for (int i = 0; i < records.Count; i++)
        {
            output.WriteLine($"item {i}: {Outcome(records[i].Item)}");
            foreach (TrialLine line in records[i].Lines)
            {
                output.WriteLine($"  {line.Member}: {line.Expression}");
                foreach ((string pointer, string? text) in line.Nodes)
                {
                    output.WriteLine($"      {pointer} = {text ?? "(no text)"}");
                }

                if (line.Nodes.Count == 0)
                {
                    output.WriteLine("      (not carried)");
                }
            }

            if (records[i].Item is NormalisedItem.Observed(var observation))
            {
                Write(observation, output);
            }
        }
    }

    private static void Write(Observation observation, TextWriter output)
    {
        output.WriteLine("  yields");
        foreach (FieldReading reading in observation.Fields)
        {
            string value = reading.Unreadable is { } problem ? $"unreadable: {problem}"
                : reading.Values.Count == 0 ? "(empty)"
                : string.Join(", ", reading.Values);
            output.WriteLine($"      {WireNames.Of(reading.Field)} = {value}   from {MappingTrial.Text(reading.Place)}");
        }
    }

    private static string Outcome(NormalisedItem item) => item switch
    {
        NormalisedItem.Observed(var o) =>
            $"observed: {o.Record.Id} at {o.Record.Instance}, revision {o.Revision.Counter ?? "-"} {o.Revision.Time?.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'}, "
            + $"approval {(o.Approval is { } approval ? WireNames.Of(approval) : "not stated")}{(o.Withdrawn ? ", withdrawn" : "")}",
        NormalisedItem.Hint hint => $"hint: {hint.Reason}",
        NormalisedItem.Irrelevant(var reason) => $"irrelevant: {reason}",
        NormalisedItem.Rejected(var reason, var pointer) => $"rejected: {reason} (at '{pointer}')",
        _ => item.GetType().Name,
    };
}
