using System.Text.Json.Serialization;

namespace ReleaseIntegrity.Contracts.Messages;

/// <summary>
/// A notification told something true that names no digest: whoever can ask the source should read what it names.
/// Lost where nobody listens; the collector's own record of the hint stays.
/// </summary>
/// <param name="NotificationSha256">Address of the kept notification, lower-case hex.</param>
/// <param name="ItemIndex">Index of the item within the notification, from 0.</param>
/// <param name="Source">Whose collector it is.</param>
/// <param name="Format">The format that was normalised.</param>
/// <param name="Instance">The source instance to ask.</param>
/// <param name="Target">What to ask for: a reference, a pod, a change number.</param>
/// <param name="Reason">What is missing, in words.</param>
public sealed record HintRaised(
    [property: JsonRequired] string NotificationSha256,
    [property: JsonRequired] int ItemIndex,
    [property: JsonRequired] Source Source,
    [property: JsonRequired] string Format,
    [property: JsonRequired] string Instance,
    [property: JsonRequired] string Target,
    [property: JsonRequired] string Reason);
