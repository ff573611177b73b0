using System.Text.Json.Serialization;

namespace ReleaseIntegrity.Contracts.Messages;

/// <summary>
/// A collector has normalised a kept notification, and these of its items are evidence. Item indexes are those of the
/// notification; items that are no evidence are missing. Published again with the same message id after a crash, and
/// with a new one when the notification is read anew, by a later mapping version or because an earlier receipt of it
/// turned up: folding is idempotent.
/// </summary>
/// <param name="NotificationSha256">Address of the kept notification, lower-case hex.</param>
/// <param name="Source">Whose collector it is.</param>
/// <param name="Format">The format that was normalised.</param>
/// <param name="Observations">At least one; a long notification is split over several messages.</param>
/// <param name="Reread">
/// Whether the same mapping version has announced these items before, with a later receipt: then they are no further
/// delivery. Left out where it is false.
/// </param>
public sealed record ObservationsNormalised(
    [property: JsonRequired] string NotificationSha256,
    [property: JsonRequired] Source Source,
    [property: JsonRequired] string Format,
    [property: JsonRequired] IReadOnlyList<Observation> Observations,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool Reread = false);
