using Google.Protobuf;

namespace ReleaseIntegrity.Handoff.V1;

/// <summary>
/// The fields of a package that follow from its content, as they go over the wire. A package that is sent to many is serialised
/// once: <see cref="CorrectionPackage.Of(SerialisedPackage)"/> carries the bytes, which are written as they are.
/// </summary>
public sealed class SerialisedPackage
{
    private SerialisedPackage(UnknownFieldSet? fields, int size)
    {
        Fields = fields;
        Size = size;
    }

    /// <summary>How many bytes it has.</summary>
    public int Size { get; }

    internal UnknownFieldSet? Fields { get; }

    /// <summary>Of a package.</summary>
    public static SerialisedPackage Of(CorrectionPackage package)
    {
        byte[] bytes = package.ToByteArray();
        var input = new CodedInputStream(bytes);
        UnknownFieldSet? fields = null;
        while (input.ReadTag() != 0)
        {
            fields = UnknownFieldSet.MergeFieldFrom(fields, input);
        }

        return new SerialisedPackage(fields, bytes.Length);
    }
}

/// <content>Made by the compiler of protos, but for this.</content>
public sealed partial class CorrectionPackage
{
    /// <summary>
    /// A package to be sent over gRPC: it serialises to the same fields, and its own members don't show them, so JSON doesn't
    /// either. Members that are set besides are sent too, and must be others.
    /// </summary>
    public static CorrectionPackage Of(SerialisedPackage content) => new() { _unknownFields = content.Fields };
}
