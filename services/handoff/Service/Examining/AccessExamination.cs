using System.Security.Cryptography.X509Certificates;
using ReleaseIntegrity.Handoff.Access;
using ReleaseIntegrity.Hosting.Doctor;
using ReleaseIntegrity.Hosting.Tokens;

namespace ReleaseIntegrity.Handoff.Examining;

/// <summary>Who would be let in: whether the OpenID provider's keys can be read, and until when authorities are good.</summary>
/// <param name="access">As the service would start with it.</param>
/// <param name="twoPersonFields">Fields and mask classes that two persons decide on.</param>
/// <param name="clock">Our clock.</param>
public sealed class AccessExamination(AccessOptions access, IReadOnlyCollection<string> twoPersonFields, TimeProvider clock) : IExamination
{
    private static readonly TimeSpan Soon = TimeSpan.FromDays(30);

    /// <inheritdoc/>
    public string Subject => "access";

    /// <inheritdoc/>
    public async Task<IReadOnlyList<Finding>> ExamineAsync(CancellationToken cancellationToken) =>
    [
        await TokensAsync(cancellationToken),
        .. Certificates(),
        Finding.Ok("two persons", twoPersonFields.Count == 0 ? "nothing takes two persons" : $"these take two persons: {string.Join(", ", twoPersonFields)}"),
    ];

    private async Task<Finding> TokensAsync(CancellationToken cancellationToken)
    {
        if (access.OpenId is not { } provider)
        {
            return Finding.Ok(Subject, access.SigningKey is null ? "client certificates alone are let in" : "tokens of a key of its own are let in");
        }

        return await new PublishedKeys(provider.Keys).AreThereAsync(cancellationToken)
            ? Finding.Ok(Subject, "tokens of an OpenID provider are let in, and its keys can be read")
            : Finding.Failure(Subject, "the OpenID provider's keys can't be read, so nobody is let in", "is Handoff:OpenId:Keys the address of its JSON Web Key Set (jwks_uri), and can it be reached from here?");
    }

    private IEnumerable<Finding> Certificates()
    {
        if (access.ClientCertificates?.Authorities is not { } file)
        {
            yield break;
        }

        var authorities = new X509Certificate2Collection();
        authorities.ImportFromPemFile(file);
        DateTime until = authorities.Min(a => a.NotAfter.ToUniversalTime());
        yield return until > clock.GetUtcNow().UtcDateTime + Soon
            ? Finding.Ok("authorities", $"they are good until {until:yyyy-MM-dd}")
            : Finding.Warning("authorities", $"one of them is good until {until:yyyy-MM-dd} only", $"put its successor beside it into {file}, and restart");
        foreach (X509Certificate2 authority in authorities)
        {
            authority.Dispose();
        }
    }
}
