using ReleaseIntegrity.Contracts;
using ReleaseIntegrity.Contracts.Json;
using ReleaseIntegrity.Contracts.Messages;

namespace ReleaseIntegrity.Simulation.Deterministic;

/// <summary>What reconciler and handoff told others, as the broker saw it.</summary>
internal sealed class Announcements
{
    private static readonly HashSet<string> Heard = [MessageTypes.NameOf<LedgerChanged>(), MessageTypes.NameOf<PinChanged>()];

    /// <summary>Hashes of ledgers, by tuple and revision.</summary>
    public Dictionary<(ImageReference Tuple, long Revision), string> Ledgers { get; } = [];

    /// <summary>The last that the cases were told.</summary>
    public Dictionary<ImageReference, CaseChanged> Cases { get; } = [];

    /// <summary>What stewards pinned and took back, by sequence.</summary>
    public SortedDictionary<long, PinChanged> Pins { get; } = [];

    /// <summary>The last that was decided about a tuple.</summary>
    public Dictionary<ImageReference, StewardDecided> Decided { get; } = [];

    /// <summary>One fact told in two ways; null while there is none.</summary>
    public string? Contradiction { get; private set; }

    /// <summary>Hears a bus message.</summary>
    public void Hear(object message)
    {
        switch (message)
        {
            case Parcel parcel:
                foreach (ParcelItem item in parcel.Items.Where(i => Heard.Contains(i.Type)))
                {
                    Hear(MessageTypes.Deserialise(item.Type, item.Body));
                }

                break;
            case PinChanged pin:
                Pins[pin.Sequence] = pin;
                break;
            case StewardDecided decided:
                if (!Decided.TryGetValue(decided.Tuple, out StewardDecided? before) || before.Sequence < decided.Sequence)
                {
                    Decided[decided.Tuple] = decided;
                }

                break;
            case LedgerChanged ledger:
                if (!Ledgers.TryAdd((ledger.Tuple, ledger.Revision), ledger.LedgerSha256) && Ledgers[(ledger.Tuple, ledger.Revision)] != ledger.LedgerSha256)
                {
                    Contradiction = $"revision {ledger.Revision} of {ledger.Tuple} was announced with two contents";
                }

                break;
            case CaseChanged change:
                if (!Cases.TryGetValue(change.Tuple, out CaseChanged? last) || last.Revision < change.Revision)
                {
                    Cases[change.Tuple] = change;
                }

                break;
        }
    }
}

/// <summary>Something does not hold.</summary>
internal sealed class ViolationException(string invariant, string text) : Exception($"{invariant}: {text}")
{
    public string Invariant => invariant;
}
