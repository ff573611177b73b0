using Grpc.Core;
using ReleaseIntegrity.Handoff.Access;
using ReleaseIntegrity.Handoff.V1;

namespace ReleaseIntegrity.Tests.Handoff.Service;

/// <summary>A call without a server, by somebody who was let in.</summary>
internal sealed class Call : ServerCallContext
{
    public Call(string subject = "tests") => new Caller(subject, new HashSet<Role>(), RepositoryScope.Everything).NoteIn(this);

    protected override string MethodCore => "";

    protected override string HostCore => "";

    protected override string PeerCore => "";

    protected override DateTime DeadlineCore => DateTime.MaxValue;

    protected override Metadata RequestHeadersCore { get; } = [];

    protected override CancellationToken CancellationTokenCore => CancellationToken.None;

    protected override Metadata ResponseTrailersCore { get; } = [];

    protected override Status StatusCore { get; set; }

    protected override WriteOptions? WriteOptionsCore { get; set; }

    protected override AuthContext AuthContextCore { get; } = new("", []);

    protected override ContextPropagationToken CreatePropagationTokenCore(ContextPropagationOptions? options) => throw new NotSupportedException();

    protected override Task WriteResponseHeadersAsyncCore(Metadata responseHeaders) => Task.CompletedTask;
}
