using System.Collections;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;

namespace ReleaseIntegrity.Tests.Handoff.Service;

/// <summary>What a fuzzer may use that is right somewhere.</summary>
/// <param name="TupleId">A tuple that is there.</param>
/// <param name="PackageId">Its package, whose etag it is too.</param>
/// <param name="Tokens">Page and resume tokens of every list, of this store and of another.</param>
/// <param name="Secrets">What is masked in the tuple's documents.</param>
internal sealed record FuzzWorld(string TupleId, string PackageId, IReadOnlyList<string> Tokens, IReadOnlyList<string> Secrets);

/// <summary>
/// Requests out of the descriptors: mostly well-formed ones, in which some fields hold what nobody would send in earnest. The
/// same seed gives the same requests.
/// </summary>
internal sealed class RequestFuzzer(int seed, FuzzWorld world)
{
    private static readonly long[] Numbers = [0, 1, -1, 2, 199, 201, int.MaxValue, int.MinValue, long.MaxValue, long.MinValue];
    private static readonly string[] Fields = [.. WireNames.All<ReleaseIntegrity.Contracts.Field>()];

    private readonly Random _random = new(seed);

    /// <summary>A request of an RPC. A stream that is let in says something within the second.</summary>
    public IMessage Next(MethodDescriptor method)
    {
        IMessage request = Rpcs.RequestOf(method, world.TupleId);
        foreach (FieldDescriptor field in method.InputType.Fields.InFieldNumberOrder())
        {
            if (field.IsRepeated)
            {
                Fill((IList)field.Accessor.GetValue(request), field);
            }
            else if ((field.FieldType == FieldType.Message || _random.Next(4) != 0) && !(Named(field, request) && _random.Next(2) == 0))
            {
                field.Accessor.SetValue(request, ValueOf(field));
            }
        }

        return request;
    }

    /// <summary>Whether the path names it, so that a well-formed value is there already.</summary>
    private static bool Named(FieldDescriptor field, IMessage request) =>
        field.FieldType == FieldType.String && ((string)field.Accessor.GetValue(request)).Length > 0;

    private void Fill(IList list, FieldDescriptor field)
    {
        for (int count = _random.Next(8) == 0 ? 500 : _random.Next(3); count > 0; count--)
        {
            list.Add(ValueOf(field));
        }
    }

    private object? ValueOf(FieldDescriptor field) => field.FieldType switch
    {
        FieldType.String => _random.Next(2) == 0 ? Right(field.Name) : Text(),
        FieldType.Int32 => unchecked((int)Any(Numbers)),
        FieldType.Int64 => Any(Numbers),
        FieldType.Bool => _random.Next(2) == 0,
        FieldType.Enum => _random.Next(field.EnumType.Values.Count + 1) is var place && place < field.EnumType.Values.Count ? field.EnumType.Values[place].Number : (int)Any([-1L, 99L, int.MaxValue]),
        FieldType.Message when field.MessageType.FullName == Timestamp.Descriptor.FullName => Instant(),
        FieldType.Message when field.MessageType.FullName == Duration.Descriptor.FullName => new Duration { Seconds = Any([1L, 1, 0, -1, 301, long.MaxValue, long.MinValue]), Nanos = unchecked((int)Any(Numbers)) },
        _ => throw new NotSupportedException($"{field.FullName}: say how requests with such a field are made up"),
    };

    private Timestamp Instant() => _random.Next(3) == 0
        ? Timestamp.FromDateTimeOffset(DateTimeOffset.UtcNow.AddHours(_random.Next(-100, 100)))
        : new Timestamp
        {
            Seconds = Any([.. Numbers, -62_135_596_800, -62_135_596_801, 253_402_300_799, 253_402_300_800]),
            Nanos = unchecked((int)Any([0, 0, 999_999_999, 1_000_000_000, -1, int.MinValue])),
        };

    /// <summary>What a field of that name takes, where there is something.</summary>
    private string Right(string name) => name switch
    {
        "name" or "parent" => Any([$"tuples/{world.TupleId}", $"tuples/{world.TupleId}/ledger", $"tuples/{world.TupleId}/packages/{world.PackageId}", $"tuples/{world.TupleId}/packages/{world.PackageId}@1", "tuples/-", "releases/r"]),
        "tuple" => $"tuples/{world.TupleId}",
        "etag" or "package_id" => world.PackageId,
        "request_id" => new Guid(_random.Next(4), 1, 1, new byte[8]).ToString(),
        "field" => Any(Fields),
        "page_token" or "resume_token" => Any(world.Tokens),
        "kind" => Any(["pin", "unpin", "annotate", "reveal", "denied", "acknowledge"]),
        "order_by" => Any(["asc", "desc", ""]),
        "reason" or "note" => "what was seen at the desk",
        _ => Text(),
    };

    private string Text() => _random.Next(12) switch
    {
        0 => "",
        1 => new string((char)_random.Next(32, 0x2000), Any([255, 256, 257, 2001, 8000])),
        2 => Any(world.Secrets),
        3 => Any(world.Secrets) + Any(["/ledger", "\n", "@1", ""]),
        4 => Any(["\0", "\r\n", "\u0085", "\u202e", "\ufeff", "\ufffd\ufffd", "\ud83d\ude00", "e\u0301", "%", "_", "*", "-"]),
        5 => Any(["'; drop table package; --", "1 or 1=1", "{{7*7}}", "${jndi:x}", "../../etc/passwd", "<script>"]),
        6 => $"tuples/{world.TupleId}/packages/{world.PackageId}@{Any(["0", "-1", "1", "999999999999999999", "9999999999999999999", "1e3", ""])}",
        7 => $"tuples/{world.TupleId.ToUpperInvariant()}/ledger",
        8 => $"tuples/{world.TupleId}/{Any(["holds/", "holds/manifest-digest", "holds/UNKNOWN", "packages/", "packages/latest@1", "ledger/ledger", "//"])}",
        9 => Mangled(Any(world.Tokens)),
        10 => Base64Of(Any(["p1", "w1", "p2", ""]), Any(["", "0123456789abcdef"]), Any(["-1", "99999999999999999999", "9223372036854775807", "x", ""]), Any(["0", "manifest-digest", "\0"])),
        _ => Any(["releases/", "releases/a/b", "tuples/-", "tuples/*", "null", "NaN", "true", Guid.Empty.ToString(), "{00000000-0000-0000-0000-000000000001}"]),
    };

    private string Mangled(string token) => token.Length == 0 ? "=" : _random.Next(3) switch
    {
        0 => token[..^1],
        1 => token + "A",
        _ => token.Remove(token.Length / 2, 1).Insert(token.Length / 2, Any(["A", "_", "=", "é"])),
    };

    private static string Base64Of(params string[] parts) =>
        System.Buffers.Text.Base64Url.EncodeToString(System.Text.Encoding.UTF8.GetBytes(string.Join('\n', parts)));

    private T Any<T>(IReadOnlyList<T> values) => values[_random.Next(values.Count)];
}
