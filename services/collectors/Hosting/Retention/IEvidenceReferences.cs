using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Collectors.Hosting.Retention;

/// <summary>
/// Knows on which notifications something rests. Any number of callers. A failure is no answer, and without an answer nothing
/// is let go: any exception but that of <c>cancellationToken</c> means so.
/// </summary>
public interface IEvidenceReferences
{
    /// <summary>Of notifications those of which it is certain that no current ledger refers to them.</summary>
    /// <param name="readings">At most 1,000.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Their addresses. Whoever isn't among them is kept.</returns>
    Task<IReadOnlyCollection<string>> UnreferencedAsync(IReadOnlyCollection<KeptReading> readings, CancellationToken cancellationToken);
}
