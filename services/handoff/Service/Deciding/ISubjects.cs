using Grpc.Core;

namespace ReleaseIntegrity.Handoff.Deciding;

/// <summary>Who calls: the name under which a decision is kept.</summary>
internal interface ISubjects
{
    /// <summary>The subject of the call's credential.</summary>
    string Of(ServerCallContext context);
}

/// <summary>The subject that authentication found; <c>local</c> where the service asks for no credential.</summary>
internal sealed class AuthenticatedSubjects : ISubjects
{
    /// <inheritdoc/>
    public string Of(ServerCallContext context) => context.GetHttpContext().User.FindFirst("sub")?.Value ?? "local";
}
