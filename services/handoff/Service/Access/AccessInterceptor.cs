using System.Text.RegularExpressions;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Grpc.Core;
using Grpc.Core.Interceptors;
using ReleaseIntegrity.Handoff.Api;
using ReleaseIntegrity.Handoff.Audit;
using ReleaseIntegrity.Handoff.Store;
using ReleaseIntegrity.Handoff.V1;

namespace ReleaseIntegrity.Handoff.Access;

/// <summary>
/// The one door of the API, gRPC and JSON alike: lets a call in when the rule of its RPC allows it to the caller, and
/// notes in the call who calls and how. An RPC without a rule is refused. A tuple out of the caller's scope is refused in the
/// words for one that isn't there; lists leave it out (<see cref="TupleScopes"/>).
/// </summary>
internal sealed partial class AccessInterceptor(Credentials credentials, HandoffStore store, DeniedCalls denied) : Interceptor
{
    private const string EveryTuple = "tuples/-";

    public override async Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
    {
        await AdmitAsync(request, context);
        return await continuation(request, context);
    }

    public override async Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request, IServerStreamWriter<TResponse> responseStream, ServerCallContext context, ServerStreamingServerMethod<TRequest, TResponse> continuation)
    {
        await AdmitAsync(request, context);
        await continuation(request, responseStream, context);
    }

    public override async Task<TResponse> ClientStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream, ServerCallContext context, ClientStreamingServerMethod<TRequest, TResponse> continuation)
    {
        await AdmitAsync(null, context);
        return await continuation(requestStream, context);
    }

    public override async Task DuplexStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream, IServerStreamWriter<TResponse> responseStream, ServerCallContext context, DuplexStreamingServerMethod<TRequest, TResponse> continuation)
    {
        await AdmitAsync(null, context);
        await continuation(requestStream, responseStream, context);
    }

    private async Task AdmitAsync(object? request, ServerCallContext context)
    {
        if (AccessRules.IsOpen(context.Method))
        {
            return;
        }

        Caller caller = await credentials.CallerAsync(context);
        caller.NoteIn(context);
        Transports.NoteIn(context);
        try
        {
            await RequireAllowedAsync(caller, request, context);
        }
        catch (RpcException refused) when (refused.StatusCode == StatusCode.PermissionDenied)
        {
            await denied.NoteAsync(caller, context.Method, refused.Status.Detail, context.CancellationToken);
            throw;
        }
    }

    private async Task RequireAllowedAsync(Caller caller, object? request, ServerCallContext context)
    {
        V1.Access rule = AccessRules.Of(context.Method) ?? throw ApiErrors.PermissionDenied("NO_RULE", "nobody may call this: it has no rule of access");
        if (!rule.Roles.Any(caller.Roles.Contains))
        {
            throw ApiErrors.PermissionDenied(
                "ROLE_MISSING", $"this takes a token with one of the roles: {string.Join(", ", rule.Roles.Select(CallerClaims.NameOf))}");
        }

        if (!caller.Scope.IsEverything)
        {
            await RequireInScopeAsync(caller.Scope, rule.Scope, request as IMessage, context.CancellationToken);
        }
    }

    private async Task RequireInScopeAsync(RepositoryScope scope, Scope about, IMessage? request, CancellationToken cancellationToken)
    {
        if (about == Scope.Service)
        {
            throw ApiErrors.PermissionDenied("SCOPE_TOO_NARROW", "this is about all repositories: it takes a token without the claim repositories");
        }

        string[] names = request is null ? [] : [.. NamesIn(request)];
        if (about == Scope.Tuple && names.Length == 0)
        {
            throw ApiErrors.InvalidArgument([("name", "must begin with tuples/{tuple_id}, with the 32 hex digits that ListLedgers returns")]);
        }

        Func<string, bool> isVisible = await store.ReadAsync(s => TupleScopes.VisibleAsync(s, scope, names), cancellationToken);
        if (!names.All(isVisible))
        {
            throw ApiErrors.NotFound("tuple", Tuples.Find);
        }
    }

    /// <summary>Ids of the tuples that a request names, whatever the field is called.</summary>
    private static IEnumerable<string> NamesIn(IMessage request) => request.Descriptor.Fields.InFieldNumberOrder()
        .Where(f => f is { FieldType: FieldType.String, IsRepeated: false, IsMap: false })
        .Select(f => (string)f.Accessor.GetValue(request))
        .Where(text => text != EveryTuple)
        .Select(text => TupleName().Match(text))
        .Where(match => match.Success)
        .Select(match => match.Groups["id"].Value);

    [GeneratedRegex(@"^tuples/(?<id>[0-9a-f]{32})(?:/|\z)", RegexOptions.CultureInvariant)]
    private static partial Regex TupleName();
}
