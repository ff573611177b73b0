namespace ReleaseIntegrity.Contracts.Messages;

/// <summary>Since when a hold is open.</summary>
/// <param name="HoldId">Its id within its ledger.</param>
/// <param name="At">When the reconciler recorded the ledger that opened it, UTC.</param>
/// <param name="LedgerSha256">That ledger's hash, lower-case hex.</param>
public sealed record HoldOpening(
    [property: System.Text.Json.Serialization.JsonRequired] string HoldId,
    [property: System.Text.Json.Serialization.JsonRequired] DateTimeOffset At,
    [property: System.Text.Json.Serialization.JsonRequired] string LedgerSha256);
