using System.Collections.Concurrent;
using Grpc.Core;

namespace ReleaseIntegrity.Tests.Steward;

/// <summary>What the fake server answers to which request, and what it was asked.</summary>
internal sealed class Answers
{
    private readonly Dictionary<Type, Func<object, object>> _answers = [];
    private readonly ConcurrentQueue<(object Request, string? Authorization)> _asked = new();

    /// <summary>All requests of a kind, in their order.</summary>
    public IReadOnlyList<T> Asked<T>() => [.. _asked.Select(a => a.Request).OfType<T>()];

    /// <summary>The only request of a kind.</summary>
    public T Only<T>() => Assert.Single(Asked<T>());

    /// <summary>The authorization headers, in the order of the requests.</summary>
    public IReadOnlyList<string?> Authorizations => [.. _asked.Select(a => a.Authorization)];

    /// <summary>Answers a kind of request.</summary>
    public Answers On<TRequest>(Func<TRequest, object> answer)
    {
        _answers[typeof(TRequest)] = request => answer((TRequest)request);
        return this;
    }

    /// <summary>The answer; a status is thrown.</summary>
    public Task<T> To<T>(object request, ServerCallContext context)
    {
        _asked.Enqueue((request, context.RequestHeaders.GetValue("authorization")));
        object answer = _answers.TryGetValue(request.GetType(), out Func<object, object>? made)
            ? made(request)
            : new RpcException(new Status(StatusCode.Unimplemented, "the test has no answer to this"));
        return answer is RpcException refused ? throw refused : Task.FromResult((T)answer);
    }
}
