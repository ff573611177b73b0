using System.Text.Json.Serialization;
using ReleaseIntegrity.Contracts.Json;

namespace ReleaseIntegrity.Contracts.Messages;

/// <summary>
/// Messages that travel to one queue together, since what a broker charges for is the message and not its size. The
/// items are what consumers know: each is taken, and known again, by its own id. Two parcels never share a bus message
/// id, even where they carry the same items. Wire format: version with care.
/// </summary>
/// <param name="Outbox">Name of the outbox that sent it.</param>
/// <param name="Items">At least one, in the order in which they were written.</param>
public sealed record Parcel([property: JsonRequired] string Outbox, [property: JsonRequired] IReadOnlyList<ParcelItem> Items);

/// <summary>One message of a parcel.</summary>
/// <param name="Id">Identity of the fact, the same whenever it is sent again.</param>
/// <param name="Type">Published name of its type, with the version (<see cref="MessageTypes"/>).</param>
/// <param name="Body">The message as JSON, UTF-8; on the wire it stands in place, not as a string.</param>
public sealed record ParcelItem(
    [property: JsonRequired] Guid Id,
    [property: JsonRequired] string Type,
    [property: JsonRequired, JsonConverter(typeof(JsonInPlaceConverter))] byte[] Body);
