using System.Text.Json.Serialization;

namespace ReleaseIntegrity.Contracts.Messages;

/// <summary>
/// Somebody wants a source to be asked soon. Collectors that are configured to ask it do; lost where none listens, since
/// the next scheduled resync reads the same.
/// </summary>
/// <param name="Source">Which kind of source.</param>
/// <param name="Instance">The instance, as its records name it; empty for all of that source.</param>
/// <param name="Target">What to ask for by name, in the words of a hint; empty for whatever is new.</param>
/// <param name="Reason">Why, in words, without values.</param>
public sealed record ResyncRequested(
    [property: JsonRequired] Source Source,
    [property: JsonRequired] string Instance,
    [property: JsonRequired] string Target,
    [property: JsonRequired] string Reason);
