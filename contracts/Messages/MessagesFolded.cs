using System.Text.Json.Serialization;

namespace ReleaseIntegrity.Contracts.Messages;

/// <summary>
/// A consumer has processed messages and committed what it made of them: their sender need not send them again.
/// Published after the commit, and again whenever one of the messages arrives again.
/// </summary>
/// <param name="Outbox">Name of the outbox that sent them.</param>
/// <param name="MessageIds">The messages.</param>
public sealed record MessagesFolded(
    [property: JsonRequired] string Outbox, [property: JsonRequired] IReadOnlyList<Guid> MessageIds);
