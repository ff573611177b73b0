using System.Net.Http.Json;
using System.Text.Json;
using ReleaseIntegrity.Contracts;
using ReleaseIntegrity.Contracts.Json;

namespace ReleaseIntegrity.Collectors.Hosting.Retention;

/// <summary>Asks the reconciler over HTTP.</summary>
internal sealed class ReconcilerReferences(Func<HttpClient> client, Uri reconciler) : IEvidenceReferences
{
    private readonly Uri _address = new(reconciler, "items/unreferenced");

    public async Task<IReadOnlyCollection<string>> UnreferencedAsync(
        IReadOnlyCollection<KeptReading> readings, CancellationToken cancellationToken)
    {
        using HttpClient http = client();
        using HttpResponseMessage answer = await http.PostAsJsonAsync(
            _address, [.. readings], ContractsJson.Default.IReadOnlyListKeptReading, cancellationToken);
        answer.EnsureSuccessStatusCode();
        return await answer.Content.ReadFromJsonAsync(ContractsJson.Default.IReadOnlyListString, cancellationToken)
            ?? throw new JsonException("null is no list of notifications");
    }
}
