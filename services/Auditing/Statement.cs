using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Auditing;

/// <summary>One value that one source states now.</summary>
/// <param name="Field">The field.</param>
/// <param name="Source">Who says it.</param>
/// <param name="About">The digest that the record concerns; null where it concerns none.</param>
/// <param name="Values">The value.</param>
internal sealed record Statement(Field Field, Source Source, string? About, IReadOnlyList<string> Values);
