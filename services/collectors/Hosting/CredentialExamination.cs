using ReleaseIntegrity.Hosting.Doctor;

namespace ReleaseIntegrity.Collectors.Hosting;

/// <summary>Whether senders have to show a credential. Never says which.</summary>
internal sealed class CredentialExamination(IReadOnlyCollection<string> formats, CollectorOptions options) : IExamination
{
    public string Subject => "credentials";

    public Task<IReadOnlyList<Finding>> ExamineAsync(CancellationToken cancellationToken)
    {
        string[] open = [.. formats.Where(f => (options.Formats.GetValueOrDefault(f)?.Credential ?? options.Credential) is null).Order(StringComparer.Ordinal)];
        return Task.FromResult<IReadOnlyList<Finding>>(
        [
            open.Length == 0
                ? Finding.Ok(Subject, $"every one of {formats.Count} formats asks for one")
                : Finding.Warning(
                    Subject,
                    $"none is asked for by {string.Join(", ", open)}: only programs on this machine can send",
                    "put a secret into Collector__Credential__Secrets__0; make one with: openssl rand -hex 32"),
        ]);
    }
}
