namespace ReleaseIntegrity.Contracts.Messages;

/// <summary>
/// A collector has normalised a kept notification, and these of its items are evidence. Item indexes are those of the
/// notification; items that are no evidence are missing. Published again with the same message id after a crash, and
/// with a new one when a later mapping version reads the notification anew: folding is idempotent.
/// </summary>
/// <param name="NotificationSha256">Address of the kept notification, lower-case hex.</param>
/// <param name="Source">Whose collector it is.</param>
/// <param name="Format">The format that was normalised.</param>
/// <param name="Observations">At least one; a long notification is split over several messages.</param>
public sealed record ObservationsNormalised(
    string NotificationSha256, Source Source, string Format, IReadOnlyList<Observation> Observations);
