namespace ReleaseIntegrity.Contracts;

/// <summary>What normalising made of one item of a notification.</summary>
public abstract record NormalisedItem
{
    private NormalisedItem()
    {
    }

    /// <summary>Evidence.</summary>
    public sealed record Observed(Observation Observation) : NormalisedItem;

    /// <summary>True, but names no digest: it can only ask for a resync of what it names.</summary>
    /// <param name="Reason">What is missing, in words.</param>
    /// <param name="Instance">The source instance to ask.</param>
    /// <param name="Target">What to ask for: a reference, a pod, a change number.</param>
    public sealed record Hint(string Reason, string Instance, string Target) : NormalisedItem;

    /// <summary>Nothing that the project reconciles: a layer push, a pull event.</summary>
    public sealed record Irrelevant(string Reason) : NormalisedItem;

    /// <summary>Not usable; the notification is kept whole with this reason.</summary>
    /// <param name="Reason">What is wrong and where, without the value.</param>
    /// <param name="Pointer">JSON Pointer of the offending node, or empty.</param>
    public sealed record Rejected(string Reason, string Pointer = "") : NormalisedItem;
}

/// <summary>How one item of one delivery ended, judged over the whole evidence, never over arrival.</summary>
public enum ItemOutcome
{
    /// <summary>Counts now, for at least one tuple.</summary>
    Applied,

    /// <summary>A later revision of the record counts instead.</summary>
    Superseded,

    /// <summary>Says what another item said already.</summary>
    Duplicate,

    /// <summary>Names a digest that no tuple anchors yet; it waits.</summary>
    Unbound,

    /// <summary>True, but names no digest.</summary>
    Hint,

    /// <summary>Nothing that is reconciled.</summary>
    Irrelevant,

    /// <summary>Not usable, kept whole with its reason.</summary>
    Rejected,
}
