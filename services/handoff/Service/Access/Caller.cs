using Grpc.Core;
using ReleaseIntegrity.Contracts;
using ReleaseIntegrity.Handoff.V1;

namespace ReleaseIntegrity.Handoff.Access;

/// <summary>Who calls, as the credential says.</summary>
/// <param name="Subject">Who; decisions and audit events name it.</param>
/// <param name="Roles">What they may do.</param>
/// <param name="Scope">About which repositories.</param>
public sealed record Caller(string Subject, IReadOnlySet<Role> Roles, RepositoryScope Scope)
{
    /// <summary>The caller of a call that was let in.</summary>
    /// <exception cref="InvalidOperationException">It wasn't: no interceptor ran.</exception>
    public static Caller Of(ServerCallContext context) =>
        context.UserState.TryGetValue(typeof(Caller), out object? caller)
            ? (Caller)caller
            : throw new InvalidOperationException("a call without a caller came through");

    /// <summary>Notes the caller of a call.</summary>
    internal void NoteIn(ServerCallContext context) => context.UserState[typeof(Caller)] = this;
}

/// <summary>Repositories, by patterns of registry and path.</summary>
public sealed class RepositoryScope
{
    private readonly CoordinatePattern[]? _patterns;

    private RepositoryScope(CoordinatePattern[]? patterns) => _patterns = patterns;

    /// <summary>All of them.</summary>
    public static RepositoryScope Everything { get; } = new(null);

    /// <summary>Whether it is all of them.</summary>
    public bool IsEverything => _patterns is null;

    /// <summary>Those of some patterns; of none where there is no pattern.</summary>
    public static RepositoryScope Of(IEnumerable<string> patterns) => new([.. patterns.Select(p => new CoordinatePattern(p))]);

    /// <summary>Whether an image's repository is among them.</summary>
    public bool Includes(ImageReference image) =>
        _patterns is null || Array.Exists(_patterns, p => p.Matches(image.Coordinates));
}
