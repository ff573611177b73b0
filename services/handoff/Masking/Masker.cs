using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ReleaseIntegrity.Contracts.Documents;
using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Masking;

/// <summary>
/// The one place where ledgers and packages are masked (invariant I9): repository paths, cluster names, certificate
/// fingerprints, full digests, identities and free text leave as short forms and keyed tokens. Equal values have equal
/// tokens under one key, so agreement and disagreement stay visible. Nothing here can unmask.
/// </summary>
/// <remarks>
/// What stays: published names, times, revisions, registry hosts, tags and the ids of change records (a steward must
/// find the record to repair), each scanned for secrets; and the addresses of documents (<c>notificationSha256</c>,
/// package and policy ids), which are hashes over whole documents and lead only those who hold the documents anywhere.
/// Masking is deterministic, keeps the document's shape, and leaves a masked document as it is. Safe for concurrent use.
/// </remarks>
public sealed partial class Masker(TokenKey key)
{
    private const int TupleIdDigits = 32;

    /// <summary>Which key makes the tokens.</summary>
    public string KeyVersion => key.Version;

    /// <summary>A masked copy of a <c>ledger/v1</c> or <c>package/v1</c> document.</summary>
    /// <exception cref="ArgumentException">Another kind of document: nothing may pass unmasked because it is unknown.</exception>
    public JsonNode Mask(JsonNode document)
    {
        if (document is not JsonObject root || root["tuple"] is not JsonObject tuple || Text(root, "schema") is not ("ledger/v1" or "package/v1"))
        {
            throw new ArgumentException("only documents with the schema ledger/v1 or package/v1 and a tuple can be masked", nameof(document));
        }

        // The core writes legal repository paths only, so no source can pass its document off as masked.
        if (Forms.IsMaskedPath(Text(tuple, "repository")))
        {
            return root.DeepClone();
        }

        return new Run(key, Text(tuple, "registry")).Mask(root);
    }

    /// <summary>A masked copy of canonical JSON, again canonical (RFC 8785).</summary>
    /// <exception cref="ArgumentException">Another kind of document.</exception>
    /// <exception cref="JsonException">Not JSON, or nested too deeply.</exception>
    public string Mask(string document) =>
        CanonicalJson.Text(Mask(JsonNode.Parse(document, documentOptions: new JsonDocumentOptions { MaxDepth = DocumentWalk.MaximumDepth })!));

    /// <summary>
    /// Free text about documents: every secret of theirs that it quotes, and everything in it that looks like a hash, becomes
    /// the token that it has in the documents.
    /// </summary>
    /// <param name="text">The text.</param>
    /// <param name="documents">Unmasked <c>ledger/v1</c> or <c>package/v1</c> documents of one registry.</param>
    public string Scrub(string text, IEnumerable<JsonNode> documents)
    {
        var run = new Run(key, null);
        foreach (JsonNode document in documents)
        {
            run.Collect(document.AsObject());
        }

        return run.Scrub(text);
    }

    /// <summary>
    /// The name under which a tuple's documents are filed: the first 32 hex digits of HMAC-SHA256(key, "tuple", line
    /// feed, <c>registry/repository:tag</c>). Keyed, since names of files and URLs are read by everyone.
    /// </summary>
    public string TupleId(ImageReference tuple) => key.Hmac("tuple\n" + tuple)[..TupleIdDigits];

    /// <summary>
    /// The token of a repository path, as in <c>&lt;repo:token&gt;</c>: so that masked documents can be looked up by it.
    /// </summary>
    public string RepositoryToken(string repository) => new Forms(key).Token(repository);

    private static string? Text(JsonObject members, string name) =>
        members[name] is JsonValue value && value.TryGetValue(out string? text) ? text : null;

    /// <summary>The masking of one document.</summary>
    private sealed class Run
    {
        private readonly Forms _forms;
        private readonly Secrets _secrets;
        private readonly string? _registry;

        public Run(TokenKey key, string? registry)
        {
            _forms = new Forms(key);
            _secrets = new Secrets(_forms);
            _registry = registry;
        }

        public JsonObject Mask(JsonObject document)
        {
            Collect(document);
            return DocumentWalk.Map(document, Replace);
        }

        public void Collect(JsonObject document) => DocumentWalk.Map(document, Collect);

        public string Scrub(string text) => _secrets.Scrub(text);

        private string Collect(string text, Place place)
        {
            switch (place.Position)
            {
                case Position.Repository or Position.Cluster:
                    _secrets.AddName(text);
                    break;
                case Position.Value:
                    CollectValue(text, place.Mask);
                    break;
                default:
                    break;
            }

            return text;
        }

        private void CollectValue(string value, FieldMask mask)
        {
            switch (mask)
            {
                case FieldMask.Digest:
                    _secrets.AddHash(value);
                    break;
                case FieldMask.Fingerprint:
                    _secrets.AddHash(Forms.FingerprintHex(value) ?? value);
                    break;
                case FieldMask.Identifier:
                    _secrets.AddName(value);
                    break;
                case FieldMask.Reference:
                    if (Forms.TryParseReference(value, _registry, out ImageReference? image, out Digest? digest))
                    {
                        _secrets.AddName(image.Repository);
                        _secrets.AddHash(digest?.Text ?? "");
                    }

                    _secrets.AddText(value);
                    break;
                case FieldMask.Text or FieldMask.Unknown:
                    _secrets.AddText(value);
                    break;
                default:
                    break;
            }
        }

        private string Replace(string text, Place place) => place.Position switch
        {
            _ when text.Length == 0 => text,
            Position.Vocabulary => IsVocabulary(text) ? text : _secrets.Scrub(text),
            Position.Address => IsAddress(text) ? text : _secrets.Scrub(text),
            Position.Value => MaskValue(text, place.Mask),
            Position.Repository => _forms.RepositoryPath(text),
            Position.Cluster => _forms.Identifier(text),
            Position.RecordId => MaskRecordId(text, place),
            Position.Pointer => MaskPointer(text),
            _ => _secrets.Scrub(text),
        };

        private string MaskValue(string value, FieldMask mask) => mask switch
        {
            FieldMask.None => _secrets.Scrub(value),
            FieldMask.Digest => _forms.Digest(value),
            FieldMask.Reference => _forms.Reference(value, _registry, _secrets.Scrub),
            FieldMask.Identifier => _forms.TypedHash(value) ?? _forms.Identifier(value),
            FieldMask.Fingerprint => _forms.Fingerprint(value),
            FieldMask.Unknown => _forms.TypedHash(value) ?? _forms.Text(value),
            _ => _forms.Text(value),
        };

        private string MaskRecordId(string id, Place place)
        {
            if (IsShownRecordId(id, place))
            {
                return _secrets.Scrub(id);
            }

            if (_forms.TypedHash(id) is { } hash)
            {
                return hash;
            }

            int colon = id.IndexOf(':', StringComparison.Ordinal);
            return colon > 0 && WireNames.TryParse<RecordKind>(id[..colon], out _)
                ? $"{id[..colon]}:{_forms.Identifier(id[(colon + 1)..])}"
                : _forms.Identifier(id);
        }

        /// <summary>The steward must find the record to repair, and the id of a change record is none of the secrets.</summary>
        private static bool IsShownRecordId(string id, Place place) =>
            place.Source == ChangeSnapshot && ChangeRecordGrammar().IsMatch(id);

        /// <summary>
        /// A pointer, its segments masked where they hold keys that the source made of names: references, paths,
        /// hashes. The qualified names of Kubernetes annotations and labels have a slash too, and stay.
        /// </summary>
        private string MaskPointer(string pointer)
        {
            string[] segments = pointer.Split('/');
            for (int i = 0; i < segments.Length; i++)
            {
                string raw = segments[i].Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
                bool qualifiedName = i > 0 && segments[i - 1] is "annotations" or "labels" && QualifiedNameGrammar().IsMatch(raw);
                if ((raw.Contains('/', StringComparison.Ordinal) && !qualifiedName) || raw.Contains('@', StringComparison.Ordinal)
                    || _secrets.Scrub(raw) != raw)
                {
                    segments[i] = _forms.PointerSegment(raw);
                }
            }

            return string.Join('/', segments);
        }

        private bool IsAddress(string text) =>
            text.Length == 64 && text.All(char.IsAsciiHexDigitLower) ? !_secrets.IsSecretHash(text) : IsVocabulary(text);

        /// <summary>Published names, times and versions: no words with spaces, and nothing as long as a hash.</summary>
        private static bool IsVocabulary(string text) =>
            text.Length < 40 ? VocabularyGrammar().IsMatch(text) : LongVocabularyGrammar().IsMatch(text);

        private const string ChangeSnapshot = "change-snapshot";
    }

    [GeneratedRegex(@"^[A-Za-z0-9][A-Za-z0-9:.+/_#-]{0,127}\z", RegexOptions.CultureInvariant)]
    private static partial Regex VocabularyGrammar();

    [GeneratedRegex(@"^[a-z-]{1,64}/[a-z-]{1,64}(?:#[0-9]{1,6})?\z", RegexOptions.CultureInvariant)]
    private static partial Regex LongVocabularyGrammar();

    [GeneratedRegex(@"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}\z", RegexOptions.CultureInvariant)]
    private static partial Regex ChangeRecordGrammar();

    [GeneratedRegex(@"^[a-z0-9.-]{1,253}/[A-Za-z0-9._-]{1,63}\z", RegexOptions.CultureInvariant)]
    private static partial Regex QualifiedNameGrammar();
}
