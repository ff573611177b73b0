using System.Buffers.Binary;
using Grpc.Core;

namespace ReleaseIntegrity.Benchmarks.Handoff;

/// <summary>
/// What gRPC costs without any work: a call whose answer has as many bytes as the request says, made beforehand. No message is
/// parsed or serialised, on either side.
/// </summary>
[BindServiceMethod(typeof(EchoService), nameof(Bind))]
internal abstract class EchoService
{
    private const string Service = "releaseintegrity.benchmarks.Echo";

    /// <summary>Bytes as they are.</summary>
    public static Marshaller<byte[]> Raw { get; } = Marshallers.Create(b => b, b => b);

    public static Method<byte[], byte[]> Method { get; } = new(MethodType.Unary, Service, nameof(Say), Raw, Raw);

    public static void Bind(ServiceBinderBase binder, EchoService? service) => binder.AddMethod(Method, service is null ? null! : service.Say);

    /// <summary>Answers.</summary>
    public virtual Task<byte[]> Say(byte[] request, ServerCallContext context) => Task.FromResult<byte[]>([]);
}

/// <summary>The echo.</summary>
internal sealed class Echo : EchoService
{
    private static byte[] _answer = [];

    /// <summary>The request for an answer of so many bytes, itself of a number of bytes.</summary>
    public static byte[] Request(int bytes, int size)
    {
        byte[] request = new byte[Math.Max(size, sizeof(int))];
        BinaryPrimitives.WriteInt32LittleEndian(request, bytes);
        return request;
    }

    /// <inheritdoc/>
    public override Task<byte[]> Say(byte[] request, ServerCallContext context)
    {
        int bytes = BinaryPrimitives.ReadInt32LittleEndian(request);
        byte[] answer = _answer;
        return Task.FromResult(answer.Length == bytes ? answer : _answer = new byte[bytes]);
    }
}
