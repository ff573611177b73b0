using System.Text.Json.Nodes;
using ReleaseIntegrity.Contracts.Documents;

namespace ReleaseIntegrity.Tests.Handoff.Masking;

/// <summary>
/// A random ledger or package in the documents' published shape, full of secrets, some of them where they have no
/// business: in explanations, tags, revisions, pointers and patch paths.
/// </summary>
internal sealed class RandomDocument
{
    // No vowels: no secret is a word of the published vocabulary by chance.
    private const string Letters = "bcdfghjklmnpqrstvwxz";
    private static readonly (string Field, string Mask)[] Fields =
    [
        ("manifest-digest", "digest"), ("tag-to-digest", "digest"), ("repository", "reference"), ("approved-tuple", "reference"),
        ("cluster-id", "identifier"), ("signer-identity", "identifier"), ("signature-envelope-id", "identifier"),
        ("certificate-fingerprint", "fingerprint"), ("exception-notes", "text"), ("reviewer-state", "none"), ("active-tags", "none"),
        ("release-train", "none"),
    ];

    private const string Tag = "rel-2026.03.22.4";
    private readonly Random _random;
    private readonly string[] _digests;
    private readonly string[] _fingerprints;
    private readonly string[] _clusters;
    private readonly string[] _signers;
    private readonly string[] _notes;
    private readonly string[] _envelopes;
    private readonly string _path;
    private readonly string _registry;

    public RandomDocument(int seed)
    {
        _random = new Random(seed);
        _digests = Some(3, () => Secret("sha256:" + Hex(64)));
        _fingerprints = Some(2, () => Secret(Hex(64)));
        _envelopes = Some(3, () => Secret((Chance(2) ? "rekor:" : "dsse-sha256:") + Hex(64)));
        _clusters = Some(2, () => Secret(Chance(3) ? Word(3) : $"{Word(4)}-{Word(3)}-1"));
        _signers = Some(2, () => Secret($"{Word(6)}@{Word(5)}.example"));
        _notes = Some(2, () => Secret($"{Word(7)} {Word(6)}: \"{Word(9)}\"\n{Word(4)}"));
        _path = Secret(Chance(4) ? Word(4) : $"{Word(5)}/{Word(4)}-{Word(3)}");
        _registry = Chance(4) ? "localhost:5000" : "registry.example.com";
        Ledger = LedgerDocument();
        Package = PackageDocument((JsonObject)Ledger.DeepClone());
        Document = Chance(2) ? Ledger : Package;
    }

    /// <summary>The tuple.</summary>
    public ImageReference Tuple => new(_registry, _path, Tag);

    /// <summary>A ledger.</summary>
    public JsonObject Ledger { get; }

    /// <summary>A package with that ledger.</summary>
    public JsonObject Package { get; }

    /// <summary>One of the two.</summary>
    public JsonObject Document { get; }

    /// <summary>Every raw secret in it.</summary>
    public HashSet<string> Secrets { get; } = new(StringComparer.Ordinal);

    private JsonObject TupleOf() => new() { ["registry"] = _registry, ["repository"] = _path, ["tag"] = Tag };

    private JsonObject LedgerDocument() => new()
    {
        ["schema"] = "ledger/v1",
        ["tuple"] = TupleOf(),
        ["inScope"] = true,
        ["onHold"] = Chance(2),
        ["policy"] = new JsonObject { ["version"] = "1", ["digest"] = Hex(64) },
        ["effectiveAsOf"] = Time(),
        ["nextTransitionAt"] = null,
        ["fields"] = new JsonArray([.. Fields.Select(LedgerField)]),
    };

    private JsonNode LedgerField((string Field, string Mask) f) => new JsonObject
    {
        ["field"] = f.Field,
        ["mask"] = f.Mask,
        ["state"] = "held",
        ["authoritative"] = ValueOf(f.Field),
        ["rule"] = Chance(2) ? null : "ledger-lineage-over-snapshot",
        ["hold"] = Chance(2) ? null : Hold(f.Field),
        ["candidates"] = new JsonArray([.. Enumerable.Range(0, _random.Next(4)).Select(_ => Candidate(f.Field)), Naming(f.Field)]),
    };

    /// <summary>
    /// A candidate with every secret of the field: free text or a name is known as a secret because some field of its
    /// class has it, and of that the random choice must not rob the explanations that quote it.
    /// </summary>
    private JsonNode Naming(string field)
    {
        JsonNode candidate = Candidate(field);
        string[] all = field switch
        {
            "cluster-id" => _clusters,
            "signer-identity" => _signers,
            "exception-notes" => _notes,
            _ => [],
        };
        candidate["value"] = new JsonArray([.. all.Select(v => (JsonNode)v)]);
        return candidate;
    }

    private JsonNode Hold(string field) => new JsonObject
    {
        ["id"] = field + "/digest-identity-conflict",
        ["reason"] = "digest-identity-conflict",
        ["alsoReasons"] = new JsonArray("authority-missing"),
        ["root"] = Chance(2) ? null : "manifest-digest/digest-identity-conflict",
        ["releaseWhen"] = new JsonArray(new JsonObject
        {
            ["source"] = "artifact-registry",
            ["field"] = "manifest-digest",
            ["predicate"] = "newer-revision-names",
            ["value"] = Pick(_digests),
        }),
        ["alternatives"] = new JsonArray(Alternative(field)),
    };

    private JsonNode Alternative(string field) => new JsonObject
    {
        ["field"] = field,
        ["value"] = ValueOf(field),
        ["sources"] = new JsonArray("signature-ledger"),
        ["needs"] = new JsonArray("re-approval"),
        ["writes"] = new JsonArray(Write()),
    };

    private JsonNode Write() => new JsonObject
    {
        ["id"] = $"certificate-fingerprint/{Hex(12)}",
        ["field"] = "certificate-fingerprint",
        ["target"] = Record("change-snapshot"),
        ["patch"] = Patch(),
        ["inverse"] = Patch(),
    };

    private JsonArray Patch() => new(
        new JsonObject { ["op"] = "test", ["path"] = PointerText(), ["value"] = Respelled(Pick(_fingerprints)) },
        new JsonObject { ["op"] = "replace", ["path"] = PointerText(), ["value"] = Pick(_fingerprints) });

    private JsonNode Candidate(string field)
    {
        JsonObject candidate = Record(Pick(["artifact-registry", "signature-ledger", "change-snapshot", "runtime-validation"]));
        candidate["value"] = ValueOf(field);
        candidate["about"] = Chance(2) ? null : Pick(_digests);
        candidate["sourceTime"] = Time();
        candidate["extractedAt"] = Time();
        candidate["notificationSha256"] = Hex(64);
        candidate["decode"] = new JsonArray(new JsonObject { ["pointer"] = PointerText(), ["as"] = "base64-json" });
        candidate["pointer"] = PointerText();
        candidate["outcome"] = "contested";
        candidate["why"] = Explanation();
        return candidate;
    }

    private JsonObject Record(string source, params (string Name, string Value)[] more)
    {
        JsonObject record = RecordOf(source);
        foreach ((string name, string value) in more)
        {
            record[name] = value;
        }

        return record;
    }

    private JsonObject RecordOf(string source) => new()
    {
        ["source"] = source,
        ["instance"] = source == "runtime-validation" ? Pick(_clusters) : _registry,
        ["recordId"] = source switch
        {
            "artifact-registry" => $"{_registry}/{_path}:{Tag}",
            "runtime-validation" => $"{Pick(_clusters)}/{Word(8)}/app",
            "signature-ledger" => Pick(_envelopes),
            _ => "CHG0030001",
        },
        ["revision"] = Chance(5) ? Explanation() : "17",
    };

    private JsonObject PackageDocument(JsonObject ledger)
    {
        JsonObject package = PackageContent(ledger);
        package["id"] = CanonicalJson.Sha256(package);
        return package;
    }

    private JsonObject PackageContent(JsonObject ledger) => new()
    {
        ["schema"] = "package/v1",
        ["tuple"] = TupleOf(),
        ["policy"] = new JsonObject { ["version"] = "1", ["digest"] = Hex(64) },
        ["effectiveAsOf"] = Time(),
        ["expiresAt"] = Time(),
        ["ledger"] = ledger,
        ["exceptions"] = new JsonArray(new JsonObject { ["field"] = "cluster-id", ["hold"] = Hold("cluster-id") }),
        ["writeTargets"] = new JsonArray(Record("change-snapshot", ("field", "certificate-fingerprint"))),
        ["proposedWrites"] = new JsonArray(Write()),
        ["alternatives"] = new JsonArray(Alternative("manifest-digest")),
        ["annotations"] = new JsonArray(Pick(_notes), new JsonObject { ["field"] = "cluster-id", ["text"] = Pick(_notes) }),
        ["rollbackRefs"] = new JsonArray($"certificate-fingerprint/{Hex(12)}"),
        ["evidence"] = new JsonArray(Record("runtime-validation", ("notificationSha256", Hex(64)))),
    };

    private JsonNode? ValueOf(string field)
    {
        if (field == "release-train")
        {
            return Tag;
        }

        Func<string> one = field switch
        {
            "manifest-digest" or "tag-to-digest" => () => Pick(_digests),
            "repository" => () => $"{_registry}/{_path}",
            "approved-tuple" => () => $"{_registry}/{_path}:rel-1@{Pick(_digests)}",
            "cluster-id" => () => Pick(_clusters),
            "signer-identity" => () => Pick(_signers),
            "signature-envelope-id" => () => Pick(_envelopes),
            "certificate-fingerprint" => () => Pick(_fingerprints),
            "exception-notes" => () => Pick(_notes),
            "active-tags" => () => Pick(["production", $"sha256-{Pick(_digests)[7..]}.sig"]),
            _ => () => Chance(3) ? Explanation() : "approved",
        };
        return _random.Next(6) switch
        {
            0 => null,
            1 => new JsonArray([.. Enumerable.Range(0, 3).Select(_ => (JsonNode)one())]),
            _ => one(),
        };
    }

    private string Explanation() =>
        $"{Pick(_digests)} at {_registry}/{_path}:1 in {Pick(_clusters)}, on{Pick(_clusters)}s, {Pick(_digests)[7..]}; {Pick(_signers)} ({Respelled(Pick(_fingerprints))}) {Pick(_notes)}";

    private string PointerText()
    {
        string key = _random.Next(5) switch
        {
            0 => $"{_registry}/{_path}@{Pick(_digests)}",
            1 => _path,
            2 => Pick(_clusters),
            3 => Pick(_fingerprints),
            _ => "u_certificate",
        };
        return "/result/" + key.Replace("~", "~0").Replace("/", "~1") + "/0";
    }

    private string Respelled(string fingerprint) =>
        Chance(2) ? fingerprint : string.Join(':', fingerprint.Chunk(2).Select(c => new string(c))).ToUpperInvariant();

    private string Time() => $"2026-03-22T1{_random.Next(10)}:00:00Z";

    private string Secret(string value)
    {
        Secrets.Add(value);
        return value;
    }

    private string[] Some(int count, Func<string> make) => [.. Enumerable.Range(0, count).Select(_ => make())];

    private string Pick(string[] from) => from[_random.Next(from.Length)];

    private bool Chance(int oneIn) => _random.Next(oneIn) == 0;

    private string Word(int length) => new([.. Enumerable.Range(0, length).Select(_ => Letters[_random.Next(Letters.Length)])]);

    private string Hex(int length) => new([.. Enumerable.Range(0, length).Select(_ => "0123456789abcdef"[_random.Next(16)])]);
}
