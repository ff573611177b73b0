using System.Text;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Tokens;

namespace ReleaseIntegrity.Hosting.Tokens;

/// <summary>
/// The keys that an OpenID provider publishes (RFC 7517), at an address or in a file. They are read at first use, kept,
/// and read again when a token names a key that isn't among them.
/// </summary>
public sealed class PublishedKeys
{
    private readonly ConfigurationManager<KeySet> _keys;

    /// <summary>Of a location that <see cref="IsLocation"/> takes.</summary>
    public PublishedKeys(string location) =>
        _keys = new ConfigurationManager<KeySet>(location, new KeySetRetriever(), DocumentRetriever(location));

    /// <summary>Whether keys can be read from there: an https address, on this machine also http, or a file.</summary>
    public static bool IsLocation(string? keys) => keys is { Length: > 0 }
        && (!Uri.TryCreate(keys, UriKind.Absolute, out Uri? uri) || uri.IsFile || uri.Scheme == Uri.UriSchemeHttps || (uri.Scheme == Uri.UriSchemeHttp && uri.IsLoopback));

    /// <summary>Has tokens checked with them, by asymmetric algorithms only.</summary>
    public void ApplyTo(TokenValidationParameters parameters)
    {
        parameters.ConfigurationManager = _keys;
        parameters.ValidAlgorithms =
        [
            SecurityAlgorithms.RsaSha256, SecurityAlgorithms.RsaSha384, SecurityAlgorithms.RsaSha512,
            SecurityAlgorithms.RsaSsaPssSha256, SecurityAlgorithms.RsaSsaPssSha384, SecurityAlgorithms.RsaSsaPssSha512,
            SecurityAlgorithms.EcdsaSha256, SecurityAlgorithms.EcdsaSha384, SecurityAlgorithms.EcdsaSha512,
        ];
    }

    /// <summary>Whether they could be read: tells a token that is wrong from keys that are away.</summary>
    public async ValueTask<bool> AreThereAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _keys.GetConfigurationAsync(cancellationToken);
            return true;
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    private static IDocumentRetriever DocumentRetriever(string keys) =>
        Uri.TryCreate(keys, UriKind.Absolute, out Uri? uri) && !uri.IsFile
            ? new HttpDocumentRetriever(new HttpClient { Timeout = TimeSpan.FromSeconds(10), MaxResponseContentBufferSize = 1024 * 1024 })
            {
                RequireHttps = !uri.IsLoopback,
            }
            : new KeyFile();

    private sealed class KeySet : BaseConfiguration;

    private sealed class KeySetRetriever : IConfigurationRetriever<KeySet>
    {
        public async Task<KeySet> GetConfigurationAsync(string address, IDocumentRetriever retriever, CancellationToken cancel)
        {
            var set = new KeySet();
            foreach (SecurityKey key in new JsonWebKeySet(await retriever.GetDocumentAsync(address, cancel)).GetSigningKeys())
            {
                set.SigningKeys.Add(key);
            }

            return set.SigningKeys.Count > 0 ? set : throw new FormatException("the key set has no signing key");
        }
    }

    private sealed class KeyFile : IDocumentRetriever
    {
        public Task<string> GetDocumentAsync(string address, CancellationToken cancel) =>
            File.ReadAllTextAsync(address.StartsWith("file:", StringComparison.Ordinal) ? new Uri(address).LocalPath : address, Encoding.UTF8, cancel);
    }
}
