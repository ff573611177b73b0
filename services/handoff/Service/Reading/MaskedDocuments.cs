using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Caching.Memory;
using ReleaseIntegrity.Contracts.Documents;
using ReleaseIntegrity.Handoff.Store;
using ReleaseIntegrity.Handoff.V1;
using ReleaseIntegrity.Masking;

namespace ReleaseIntegrity.Handoff.Reading;

/// <summary>
/// The only way from the store to a client: content goes in as stored and comes out masked. Masking depends on nothing
/// but content and key, so what was masked is kept for a while under the content's hash. Safe for concurrent use.
/// </summary>
internal sealed class MaskedDocuments(Masker masker) : IDisposable
{
    /// <summary>About 50 MB of text and views, or some hundred large packages.</summary>
    private const long MaximumCachedCharacters = 8 * 1024 * 1024;

    /// <summary>Some thousand packages, or some hundred large ones, as they go over the wire.</summary>
    private const long MaximumSerialisedBytes = 32 * 1024 * 1024;

    /// <summary>About 1 KB each.</summary>
    private const int MaximumSummaries = 20_000;

    private readonly MemoryCache _summaries = new(new MemoryCacheOptions { SizeLimit = MaximumSummaries });
    private readonly MemoryCache _serialised = new(new MemoryCacheOptions { SizeLimit = MaximumSerialisedBytes });
    private readonly MemoryCache _cache = new(new MemoryCacheOptions { SizeLimit = MaximumCachedCharacters });

    /// <summary>Which token key masks.</summary>
    public string KeyVersion => masker.KeyVersion;

    /// <summary>A stored package, masked.</summary>
    public Masked<PackageView> Of(PackageRow row) => OfPackage(row.PackageId, row.Content);

    /// <summary>A package by its id and unmasked content.</summary>
    public Masked<PackageView> OfPackage(string packageId, string content) => Get("package/" + packageId, content, DocumentReader.Package);

    /// <summary>What of a package's summary follows from its content; null where that has to be read first. Not to be changed.</summary>
    public CorrectionPackage? Summary(string packageId) => _summaries.Get<CorrectionPackage>(packageId);

    /// <summary>The same, of a package with its content; it is kept.</summary>
    public CorrectionPackage Summarise(PackageRow row) => _summaries.Set(
        row.PackageId, PackageMessages.Summary(row, Unkept(row), KeyVersion), new MemoryCacheEntryOptions { Size = 1 });

    /// <summary>A package's content as it goes over the wire; null where content has to be read first.</summary>
    public SerialisedPackage? Serialised(string packageId) => _serialised.Get<SerialisedPackage>(packageId);

    /// <summary>The same, of a package with its content; it is kept.</summary>
    public SerialisedPackage Serialise(PackageRow row)
    {
        SerialisedPackage serialised = SerialisedPackage.Of(PackageMessages.Content(row, Unkept(row), KeyVersion));
        return _serialised.Set(row.PackageId, serialised, new MemoryCacheEntryOptions { Size = serialised.Size });
    }

    /// <summary>
    /// Free text of a steward, with every secret of some documents of its tuple, and everything that looks like a hash,
    /// replaced by its token.
    /// </summary>
    public string Note(string text, params IEnumerable<string?> contents) =>
        text.Length == 0 ? text : masker.Scrub(text, contents.OfType<string>().Select(c => JsonNode.Parse(c)!));

    /// <summary>A stored ledger, masked.</summary>
    public Masked<LedgerView> Of(LedgerRow row) => Get("ledger/" + row.Sha256, row.Content, DocumentReader.Ledger);

    /// <inheritdoc/>
    public void Dispose()
    {
        _summaries.Dispose();
        _serialised.Dispose();
        _cache.Dispose();
    }

    // What is read to be summed up or serialised isn't kept: a walk through lists would push out what is asked for again.
    private Masked<PackageView> Unkept(PackageRow row) => Get("package/" + row.PackageId, row.Content, DocumentReader.Package, keep: false);

    private Masked<T> Get<T>(string key, string content, Func<JsonNode, T> read, bool keep = true)
    {
        if (_cache.TryGetValue(key, out Masked<T>? known))
        {
            return known!;
        }

        JsonNode document = masker.Mask(JsonNode.Parse(content)!);
        string json = CanonicalJson.Text(document);
        var masked = new Masked<T>(read(document), json, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(json))));
        return keep ? _cache.Set(key, masked, new MemoryCacheEntryOptions { Size = json.Length }) : masked;
    }
}

/// <summary>A masked document.</summary>
/// <param name="View">As read.</param>
/// <param name="Json">Canonical text.</param>
/// <param name="Sha256">Hash of that text's UTF-8 bytes.</param>
internal sealed record Masked<T>(T View, string Json, string Sha256);
