using Google.Api;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Grpc.Core;
using ReleaseIntegrity.Handoff.Access;
using ReleaseIntegrity.Handoff.V1;

namespace ReleaseIntegrity.Tests.Handoff.Service;

/// <summary>Every RPC of the API out of its descriptors, so that a new one is tested without being named.</summary>
internal static class Rpcs
{
    public static IReadOnlyList<MethodDescriptor> All { get; } = [.. AccessRules.Files.SelectMany(f => f.Services).SelectMany(s => s.Methods)];

    public static string NameOf(MethodDescriptor method) => $"/{method.Service.FullName}/{method.Name}";

    /// <summary>A request that names a tuple the way that the RPC's path does, and is empty besides.</summary>
    public static IMessage RequestOf(MethodDescriptor method, string tupleId)
    {
        var request = (IMessage)Activator.CreateInstance(method.InputType.ClrType)!;
        HttpRule http = method.GetOptions().GetExtension(AnnotationsExtensions.Http);
        string path = http.Get.Length > 0 ? http.Get : http.Post;
        if (path.Split('{', '}') is [_, var variable, ..] && variable.Split('=') is [var field, var template])
        {
            string name = template
                .Replace("tuples/*", "tuples/" + tupleId, StringComparison.Ordinal)
                .Replace("packages/*", "packages/latest", StringComparison.Ordinal)
                .Replace("holds/*", "holds/manifest-digest", StringComparison.Ordinal)
                .Replace("releases/*", "releases/r", StringComparison.Ordinal);
            method.InputType.FindFieldByName(field).Accessor.SetValue(request, name);
        }

        return request;
    }

    /// <summary>Calls an RPC as one with any messages, or one of its name of another service; of a stream only the first message is awaited.</summary>
    public static async Task<Answer> CallAsync(ChannelBase channel, MethodDescriptor method, IMessage request, string? service = null)
    {
        var patience = new CallOptions(deadline: DateTime.UtcNow.AddSeconds(60));
        CallInvoker calls = channel.CreateCallInvoker();
        try
        {
            if (!method.IsServerStreaming)
            {
                return new Answer(StatusCode.OK, await calls.AsyncUnaryCall(Typed(method, MethodType.Unary, service), null, patience, request), null);
            }

            using AsyncServerStreamingCall<IMessage> stream = calls.AsyncServerStreamingCall(Typed(method, MethodType.ServerStreaming, service), null, patience, request);
            return new Answer(StatusCode.OK, await stream.ResponseStream.MoveNext(CancellationToken.None) ? stream.ResponseStream.Current : null, null);
        }
        catch (RpcException refused)
        {
            return new Answer(refused.StatusCode, null, refused);
        }
    }

    private static Method<IMessage, IMessage> Typed(MethodDescriptor method, MethodType type, string? service) => new(
        type,
        service ?? method.Service.FullName,
        method.Name,
        Marshallers.Create<IMessage>(m => m.ToByteArray(), _ => throw new NotSupportedException()),
        Marshallers.Create<IMessage>(_ => throw new NotSupportedException(), bytes => method.OutputType.Parser.ParseFrom(bytes)));
}

/// <summary>What an RPC answered.</summary>
internal sealed record Answer(StatusCode Code, IMessage? Message, RpcException? Refusal)
{
    /// <summary>Status and details of a refusal, as text.</summary>
    public string Said => Refusal is null ? "" : $"{Refusal.Status.Detail}\n{Refusal.GetRpcStatus()}";
}
