using Microsoft.AspNetCore.Http;

namespace ReleaseIntegrity.Collectors.Hosting.Authentication;

/// <summary>
/// Judges one endpoint's senders. Any number of requests at once. Whatever a sender shows, it never throws, and its time
/// tells nothing about a secret.
/// </summary>
internal interface ISenderCheck
{
    /// <summary>What to send, for the refusal; never a secret.</summary>
    string Wanted { get; }

    /// <summary>The scheme's name.</summary>
    string Scheme { get; }

    /// <summary>Whether the body is part of the proof; then <see cref="OfRequestAsync"/> alone admits nobody.</summary>
    bool SignsBody => false;

    /// <summary>Judges what can be judged before the body is read.</summary>
    ValueTask<Admission> OfRequestAsync(HttpContext context);

    /// <summary>Judges the raw bytes of a request that <see cref="OfRequestAsync"/> admitted.</summary>
    Admission OfBody(HttpContext context, ReadOnlySpan<byte> body) => Admission.Admitted;
}
