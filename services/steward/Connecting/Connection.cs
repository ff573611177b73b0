using Grpc.Core;
using Grpc.Core.Interceptors;
using Grpc.Net.Client;
using Grpc.Net.Client.Configuration;
using ReleaseIntegrity.Handoff.V1;

namespace ReleaseIntegrity.Steward.Connecting;

/// <summary>The server's services. Calls that find it unavailable are tried again: every request is safe to repeat, decisions by their request id.</summary>
internal sealed class Connection : IDisposable
{
    private const int Tries = 4;

    private readonly GrpcChannel _channel;
    private readonly TimeSpan _timeout;
    private readonly CancellationToken _cancellationToken;

    private Connection(GrpcChannel channel, CallInvoker invoker, TimeSpan timeout, CancellationToken cancellationToken)
    {
        _channel = channel;
        _timeout = timeout;
        _cancellationToken = cancellationToken;
        Handoff = new HandoffService.HandoffServiceClient(invoker);
        Decisions = new DecisionService.DecisionServiceClient(invoker);
        Audit = new AuditService.AuditServiceClient(invoker);
    }

    /// <summary>Ledgers, holds, packages.</summary>
    public HandoffService.HandoffServiceClient Handoff { get; }

    /// <summary>Decisions.</summary>
    public DecisionService.DecisionServiceClient Decisions { get; }

    /// <summary>Disclosure and the audit log.</summary>
    public AuditService.AuditServiceClient Audit { get; }

    /// <summary>Options of one call: it ends at the deadline.</summary>
    public CallOptions Call => new(deadline: DateTime.UtcNow + _timeout, cancellationToken: _cancellationToken);

    /// <summary>Opens it; nothing is sent yet.</summary>
    public static Connection Open(Credential credential, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var retry = new RetryPolicy
        {
            MaxAttempts = Tries,
            InitialBackoff = TimeSpan.FromMilliseconds(200),
            MaxBackoff = TimeSpan.FromSeconds(2),
            BackoffMultiplier = 2,
            RetryableStatusCodes = { StatusCode.Unavailable },
        };
        GrpcChannel channel = GrpcChannel.ForAddress(credential.Server, new GrpcChannelOptions
        {
            ServiceConfig = new ServiceConfig { MethodConfigs = { new MethodConfig { Names = { MethodName.Default }, RetryPolicy = retry } } },
            MaxReceiveMessageSize = 64 * 1024 * 1024,
        });
        CallInvoker invoker = credential.Token is not { } token ? channel.CreateCallInvoker() : channel.Intercept(metadata =>
        {
            metadata.Add("authorization", $"Bearer {token}");
            return metadata;
        });
        return new Connection(channel, invoker, timeout, cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose() => _channel.Dispose();
}
