using System.Globalization;
using ReleaseIntegrity.Contracts;
using ReleaseIntegrity.Simulation.Deterministic.Machinery;

namespace ReleaseIntegrity.Simulation.Deterministic;

/// <summary>
/// A case to run: a seed, and what is left of its plan after shrinking. Written as <c>SEED[:d=1.4.7][:f=0.2][:a=1][:c=35]</c>:
/// deliveries, faults and acts of stewards that stay, by number, and how many choices are by chance.
/// </summary>
/// <param name="Seed">Decides everything else.</param>
/// <param name="Deliveries">Numbers of the deliveries that are sent; null for all.</param>
/// <param name="Faults">Numbers of the faults that happen; null for all.</param>
/// <param name="Acts">Numbers of the acts that are done; null for all.</param>
/// <param name="Choices">Choices made by chance; the calm order afterwards.</param>
public sealed record Case(
    ulong Seed, IReadOnlyList<int>? Deliveries = null, IReadOnlyList<int>? Faults = null, IReadOnlyList<int>? Acts = null, int Choices = int.MaxValue)
{
    /// <summary>Reads what <see cref="ToString"/> writes.</summary>
    /// <exception cref="FormatException">It is no case.</exception>
    public static Case Parse(string text)
    {
        string[] parts = text.Split(':');
        var parsed = new Case(ulong.Parse(parts[0], CultureInfo.InvariantCulture));
        foreach (string part in parts.Skip(1))
        {
            parsed = part.Split('=') switch
            {
                ["d", var numbers] => parsed with { Deliveries = Numbers(numbers) },
                ["f", var numbers] => parsed with { Faults = Numbers(numbers) },
                ["a", var numbers] => parsed with { Acts = Numbers(numbers) },
                ["c", var limit] => parsed with { Choices = int.Parse(limit, CultureInfo.InvariantCulture) },
                _ => throw new FormatException($"'{part}' is no part of a case: SEED[:d=1.4.7][:f=0.2][:a=1][:c=35]"),
            };
        }

        return parsed;
    }

    /// <inheritdoc/>
    public override string ToString() => string.Concat(
        Seed.ToString(CultureInfo.InvariantCulture),
        Deliveries is null ? "" : $":d={string.Join('.', Deliveries)}",
        Faults is null ? "" : $":f={string.Join('.', Faults)}",
        Acts is null ? "" : $":a={string.Join('.', Acts)}",
        Choices == int.MaxValue ? "" : string.Create(CultureInfo.InvariantCulture, $":c={Choices}"));

    private static int[] Numbers(string text) =>
        [.. text.Split('.', StringSplitOptions.RemoveEmptyEntries).Select(n => int.Parse(n, CultureInfo.InvariantCulture))];
}

/// <summary>What a seed decides before anything runs.</summary>
internal sealed record Plan
{
    private const int FaultLimit = 8;
    private const int PointsExpected = 250;
    private const int LostOneIn = 5;

    // From the last receipt to the evaluation: after packages have settled and claims of the dead are over, between and beyond the
    // policy's allowances and windows.
    private static readonly TimeSpan[] Tails =
        [TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(7), TimeSpan.FromMinutes(40), TimeSpan.FromHours(5), TimeSpan.FromHours(30), TimeSpan.FromDays(9)];

    /// <summary>All services in one process, over a bus in memory.</summary>
    public required bool IsEmbedded { get; init; }

    /// <summary>Whether several processes may use one store.</summary>
    public required bool IsShared { get; init; }

    /// <summary>Queues of observations.</summary>
    public required int Partitions { get; init; }

    /// <summary>Processes of each collector.</summary>
    public required int Collectors { get; init; }

    /// <summary>By how much the clocks of collectors' processes are wrong.</summary>
    public required IReadOnlyDictionary<string, TimeSpan> Skews { get; init; }

    /// <summary>Processes of the reconciler.</summary>
    public required int Reconcilers { get; init; }

    /// <summary>Processes of the handoff.</summary>
    public required int Handoffs { get; init; }

    /// <summary>From the last receipt to the evaluation.</summary>
    public required TimeSpan Tail { get; init; }

    /// <summary>What sources send, in the order of its sending.</summary>
    public required IReadOnlyList<Delivery> Deliveries { get; init; }

    /// <summary>What goes wrong.</summary>
    public required IReadOnlyList<Fault> Faults { get; init; }

    /// <summary>What stewards do, in the order of its doing.</summary>
    public required IReadOnlyList<Act> Acts { get; init; }

    /// <summary>Sources that can be asked.</summary>
    public required IReadOnlySet<Source> Asked { get; init; }

    /// <summary>Numbers for the run itself.</summary>
    public required Chance Chance { get; init; }

    /// <summary>The plan of a case.</summary>
    public static Plan Of(Case @case)
    {
        var chance = new Chance(@case.Seed);
        bool embedded = chance.OneIn(3);
        bool shared = !embedded && !chance.OneIn(3);
        int Replicas(int most) => shared ? 1 + chance.Next(most) : 1;
        var plan = new Plan
        {
            IsEmbedded = embedded,
            IsShared = shared,
            Partitions = embedded ? 1 : 1 + chance.Next(3),
            Collectors = Replicas(2),
            Reconcilers = Replicas(3),
            Handoffs = Replicas(2),
            Tail = Tails[chance.Next(Tails.Length)],
            Deliveries = Traffic.Of(new Chance(chance.Salt())),
            Faults = FaultsOf(new Chance(chance.Salt())),
            Chance = new Chance(chance.Salt()),
            Skews = SkewsOf(new Chance(chance.Salt())),
            Acts = Act.Of(new Chance(chance.Salt())),
            Asked = AskedOf(new Chance(chance.Salt())),
        };
        var losses = new Chance(chance.Salt());
        plan = plan with { Deliveries = [.. plan.Deliveries.Select(d => d with { IsLost = losses.OneIn(LostOneIn) && plan.Asked.Contains(d.Source) })] };
        return plan with
        {
            Deliveries = @case.Deliveries is null ? plan.Deliveries : [.. @case.Deliveries.Select(i => plan.Deliveries[i])],
            Faults = @case.Faults is null ? plan.Faults : [.. @case.Faults.Select(i => plan.Faults[i])],
            Acts = @case.Acts is null ? plan.Acts : [.. @case.Acts.Select(i => plan.Acts[i])],
        };
    }

    private static Dictionary<string, TimeSpan> SkewsOf(Chance chance) => Enum.GetValues<Source>()
        .Where(_ => chance.OneIn(3))
        .ToDictionary(s => $"{WireNames.Of(s)}-1", _ => chance.OneIn(2) ? TimeSpan.FromSeconds(chance.Next(6) - 3) : TimeSpan.FromMinutes(chance.Next(40) - 20));

    // In one of three worlds.
    private static HashSet<Source> AskedOf(Chance chance) => chance.OneIn(3) ? [.. Enum.GetValues<Source>().Where(_ => chance.OneIn(2))] : [];

    private static Fault[] FaultsOf(Chance chance)
    {
        FaultKind[] kinds = Enum.GetValues<FaultKind>();

        // Half of all faults are crashes, since they can come anywhere.
        return
        [
            .. Enumerable.Range(0, chance.Next(FaultLimit)).Select(_ => new Fault(
                chance.Next(PointsExpected), chance.OneIn(2) ? FaultKind.Crash : kinds[chance.Next(kinds.Length)])),
        ];
    }
}
