using ReleaseIntegrity.Contracts;
using ReleaseIntegrity.Reconciling.Lifecycle.Storing;

namespace ReleaseIntegrity.Reconciling.Lifecycle;

/// <summary>The saga of one tuple's case. Storage format: version with care.</summary>
public sealed class ReleaseCase : IStoredSaga
{
    /// <summary>Derived from the tuple.</summary>
    public Guid CorrelationId { get; set; }

    /// <summary>Name of the state machine's state: that of the standing's stage.</summary>
    public string CurrentState { get; set; } = "";

    /// <summary>Registry host.</summary>
    public string Registry { get; set; } = "";

    /// <summary>Repository path.</summary>
    public string Repository { get; set; } = "";

    /// <summary>Tag.</summary>
    public string Tag { get; set; } = "";

    /// <summary>Where it stands; null until its first message.</summary>
    public CaseStanding? Standing { get; set; }

    /// <summary>Takes the tuple's next standing; the state follows from its stage.</summary>
    internal void Advance(ImageReference tuple, CaseStanding next)
    {
        Registry = tuple.Registry;
        Repository = tuple.Repository;
        Tag = tuple.Tag ?? "";
        Standing = next;
    }
}
