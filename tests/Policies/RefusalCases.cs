namespace ReleaseIntegrity.Tests.Policies;

/// <summary>Every kind of refusal, once. Where the published schema can say it, it must agree.</summary>
internal static class RefusalCases
{
    private const string Fingerprint = "  certificate-fingerprint:";
    private const string Manifest = "  manifest-digest:";
    private const string Envelope = "  signature-envelope-id:";
    private const string Sources = "known: artifact-registry, signature-ledger, change-snapshot, runtime-validation";
    private const string FieldKeys = "known: authority, confirmers, freshness, allowance, mask, writeTargets, disagreements";
    private const string RuleKeys = "known: rule, differs, signed, then, reason, write";
    private const string DurationFix = "write a whole number and one unit (ms, s, m, h, d), e.g. 100ms, 30s, 15m, 4h, 7d; at most 3650d";
    private const string DigestRule = "- { rule: digest-identity-conflict, differs: [signature-ledger], then: hold, reason: digest-identity-conflict }";

    internal static IReadOnlyList<RefusalCase> All { get; } = [.. Top(), .. Fields(), .. Targets(), .. Rules(), .. Coordinates()];

    private static IEnumerable<RefusalCase> Top() =>
    [
        new("unknown key at the top", "skewAllowance", "skewAllowance: 5m", "skewAllowance: 5m\n§skewAlowance: 5m", "unknown key 'skewAlowance' in the document", "did you mean 'skewAllowance'? known: schema, version, …", true),
        new("merge key", "scope:", "scope:", "§<<: {}\nscope:", "unknown key '<<' in the document", "known: schema, version, …", true),
        new("unknown key in scope", "scope:", "  repositories: []", "  repositories: []\n  §repos: []", "unknown key 'repos' in scope", "known: repositories", true),
        new("unknown key in package", "package:", "deadline: 4h", "§deadlines: 4h\n  deadline: 4h", "unknown key 'deadlines' in package", "did you mean 'deadline'? known: deadline, lifetime", true),
        new("missing required key at the top", "schema:", "schema: policy/v1\n\n# Yours to choose. Change it with every change of the file.\nversion", "§version", "'schema' is missing in the document", "add `schema: policy/v1`", true),
        new("missing required key in package", "package:", "  deadline: 4h\n  lifetime: 72h", "  §deadline: 4h", "'lifetime' is missing in package", "add `lifetime: 72h`", true),
        new("another schema", "schema:", "policy/v1", "§policy/v2", "unknown schema 'policy/v2' in the document", "did you mean 'policy/v1'? known: policy/v1", true),
        new("empty version", "version:", "\"1\"", "§\"\"", "version is empty", "write a value", true),
        new("version without value", "version:", "\"1\"", "§~", "version is nothing, not text", "write a single value", true),
        new("version as a number", "version:", "\"1\"", "§1.0", "version is a number, not text", "put it in quotes: \"1.0\"", true),
        new("version as a list", "version:", "\"1\"", "§[1]", "version is a list, not text", "write a single value", true),
        new("scope as text", "scope:", "scope:\n  repositories: []", "scope: §everything", "scope is text, not a mapping", "write `key: value` lines", true),
        new("duplicate key", "approvalBinds:", "approvalBinds: tuple", "§skewAllowance: 1m\napprovalBinds: tuple", "'skewAllowance' stands twice in the document, first on line «skewAllowance:»", "keep one of them", false),
        new("bad duration", "skewAllowance:", "5m", "§5 minutes", "'5 minutes' in skewAllowance is no duration", DurationFix, true),
        new("duration without unit", "skewAllowance:", "5m", "§300", "'300' in skewAllowance is no duration", DurationFix, true),
        new("negative duration", "skewAllowance:", "5m", "§-5m", "'-5m' in skewAllowance is no duration", DurationFix, true),
        new("duration of centuries", "skewAllowance:", "5m", "§99999d", "'99999d' in skewAllowance is no duration", DurationFix, false),
        new("duration as a list", "skewAllowance:", "5m", "§[5m]", "skewAllowance is a list, not a duration", DurationFix, true),
        new("deadline of nothing", "package:", "4h", "§0h", "package.deadline is zero", "write a duration longer than nothing", true),
        new("unknown source in clockResolution", "clockResolution:", "runtime-validation: 100ms", "runtime-validation: 100ms\n  §runtime: 100ms", "unknown source 'runtime' in clockResolution", Sources, true),
        new("missing source in clockResolution", "clockResolution:", "  artifact-registry: 10ms\n  ", "  §", "'artifact-registry' is missing in clockResolution", "add `artifact-registry: 100ms`", true),
        new("unknown approval binding", "approvalBinds:", "tuple", "§tupel", "unknown binding 'tupel' in approvalBinds", "did you mean 'tuple'? known: tuple, change", true),
        new("entry selection that selects nothing", "entries:", "[\"**\"]", "§[]", "entries.predicateTypes selects no entry at all", "write [\"**\"] to select every entry", true),
        new("pattern listed twice", "entries:", "[\"**\"]", "[\"**\", §\"**\"]", "'**' is listed twice in entries.predicateTypes", "remove one of them", true),
        new("YAML tag", "version:", "\"1\"", "§!!str one", "a YAML tag", "remove the tag: a policy has none", false),
        new("alias without anchor", "version:", "\"1\"", "§*one", "alias '*one' has no anchor before it", "define '&one' above, or write the value out", false),
        new("alias inside its own anchor", "aliases:", "[]", "&loop [ §*loop ]", "alias '*loop' stands inside its own anchor", "write the value out", false),
        new("second document", "  observation-time:", "disagreements: []\n", "disagreements: []\n§---\nversion: \"2\"\n", "a second document", "keep one policy per file", false),
        new("a key that is a list", "aliases:", "aliases: []", "aliases: []\n? §[a]\n: b", "a key that is a list", "a key is a single word", false),
        new("control character", "version:", "\"1\"", "\"1§\0\"", "control character U+0000", "remove it", false),
    ];

    private static IEnumerable<RefusalCase> Fields() =>
    [
        new("unknown field", Manifest, "  manifest-digest:", "  §manifest-digset:\n    authority: artifact-registry\n  manifest-digest:", "unknown field 'manifest-digset' in fields", "did you mean 'manifest-digest'? known: manifest-digest, tag-to-digest, …", true),
        new("field twice", "  tag-to-digest:", "tag-to-digest:", "§manifest-digest:", "'manifest-digest' stands twice in fields, first on line «  manifest-digest:»", "keep one of them", false),
        new("missing field entry", "fields:", "  # The digest that the artifact stands for.\n  manifest-digest:", "  §observed-digests:", "field 'manifest-digest' has no entry in fields", "add `manifest-digest:` with its authority (by default artifact-registry); default-policy.yaml has an entry to copy", true),
        new("unknown key in a field", Fingerprint, "allowance: 1h", "allowance: 1h\n    §alowance: 2h", "unknown key 'alowance' in fields.certificate-fingerprint", $"did you mean 'allowance'? {FieldKeys}", true),
        new("missing key in a field", Fingerprint, "    authority: signature-ledger\n    confirmers: [change-snapshot, runtime-validation]\n    ", "    §", "'authority' is missing in fields.certificate-fingerprint", "add `authority: signature-ledger`", true),
        new("missing mask", "  cluster-id:", "    authority: runtime-validation\n    confirmers: []\n    freshness: never\n    allowance: 15m\n    mask: identifier\n", "    §authority: runtime-validation\n    confirmers: []\n    freshness: never\n    allowance: 15m\n", "'mask' is missing in fields.cluster-id", "add `mask: none`", true),
        new("unknown authority", Manifest, "authority: artifact-registry", "authority: §artifact-registy", "unknown source 'artifact-registy' in fields.manifest-digest.authority", $"did you mean 'artifact-registry'? {Sources}", true),
        new("authority in capitals", Manifest, "authority: artifact-registry", "authority: §Artifact-Registry", "unknown source 'Artifact-Registry' in fields.manifest-digest.authority", $"did you mean 'artifact-registry'? {Sources}", true),
        new("runtime as an authority", Manifest, "authority: artifact-registry", "authority: §runtime-validation", "runtime-validation can't be the authority of 'manifest-digest': it observes, and never overrides a signed source", "write `authority: artifact-registry`; runtime-validation may confirm", true),
        new("unknown confirmer", Manifest, "change-snapshot, runtime", "§change-snapshots, runtime", "unknown source 'change-snapshots' in fields.manifest-digest.confirmers", $"did you mean 'change-snapshot'? {Sources}", true),
        new("confirmer twice", Fingerprint, "[change-snapshot,", "[change-snapshot, §change-snapshot,", "'change-snapshot' is listed twice in fields.certificate-fingerprint.confirmers", "remove one of them", true),
        new("authority as its own confirmer", Fingerprint, "[change-snapshot,", "[§signature-ledger, change-snapshot,", "'signature-ledger' is the authority, and can't be among fields.certificate-fingerprint.confirmers", "remove it here: other instances of the authority are heard anyway", false),
        new("confirmers as text", "  release-train:", "[artifact-registry]", "§artifact-registry", "fields.release-train.confirmers is text, not a list", "write [ ] with the items in it, or one `- item` per line", true),
        new("bad freshness", "  tag-to-digest:", "7d", "§always", "'always' in fields.tag-to-digest.freshness is no duration", $"write never, or: {DurationFix}", true),
        new("freshness of nothing", "  tag-to-digest:", "7d", "§0d", "fields.tag-to-digest.freshness is zero", "write a duration longer than nothing", true),
        new("unknown mask", Fingerprint, "mask: fingerprint", "mask: §finger-print", "unknown mask class 'finger-print' in fields.certificate-fingerprint.mask", "did you mean 'fingerprint'? known: none, digest, reference, identifier, fingerprint, text", true),
    ];

    private static IEnumerable<RefusalCase> Targets() =>
    [
        new("ledger as a write target", Fingerprint, "writeTargets: [change-snapshot]", "writeTargets: [change-snapshot, §signature-ledger]", "'signature-ledger' in fields.certificate-fingerprint.writeTargets can't be written: a ledger is append-only", "remove it; only change-snapshot can be corrected", true),
        new("registry as a write target", Fingerprint, "writeTargets: [change-snapshot]", "writeTargets: [change-snapshot, §artifact-registry]", "'artifact-registry' in fields.certificate-fingerprint.writeTargets can't be written: moving a tag is a release action", "remove it; only change-snapshot can be corrected", true),
        new("runtime as a write target", Fingerprint, "writeTargets: [change-snapshot]", "writeTargets: [change-snapshot, §runtime-validation]", "'runtime-validation' in fields.certificate-fingerprint.writeTargets can't be written: what runs changes by a rollout", "remove it; only change-snapshot can be corrected", true),
        new("write target that doesn't confirm", "  certificate-lineage:", "confirmers: [change-snapshot, runtime-validation]\n    freshness: never\n    allowance: 1h\n    mask: identifier\n    writeTargets: []", "confirmers: []\n    freshness: never\n    allowance: 1h\n    mask: identifier\n    writeTargets: [§change-snapshot]", "'change-snapshot' in fields.certificate-lineage.writeTargets is no confirmer of the field", "add 'change-snapshot' to confirmers, or remove it here", false),
        new("authority as a write target", "  release-window:", "writeTargets: []", "writeTargets: [§change-snapshot]", "'change-snapshot' in fields.release-window.writeTargets is the authority, which nothing corrects", "write `writeTargets: []`", false),
        new("correction of what was approved", Manifest, "writeTargets: []", "writeTargets: [§change-snapshot]", "'manifest-digest' says what was approved: it is approved anew, never corrected", "write `writeTargets: []`", true),
    ];

    private static IEnumerable<RefusalCase> Rules() =>
    [
        new("unknown key in a rule", Fingerprint, "write: true", "§writes: true", "unknown key 'writes' in fields.certificate-fingerprint.disagreements", $"did you mean 'write'? {RuleKeys}", true),
        new("missing key in a rule", Fingerprint, "- { rule: ledger-lineage-over-snapshot, differs: [change-snapshot], ", "- §{ rule: ledger-lineage-over-snapshot, ", "'differs' is missing in fields.certificate-fingerprint.disagreements", "add `differs: [change-snapshot]`", true),
        new("unknown verdict", Fingerprint, "then: authority", "then: §autority", "unknown verdict 'autority' in fields.certificate-fingerprint.disagreements.then", "did you mean 'authority'? known: hold, authority", true),
        new("hold without a reason", Manifest, DigestRule, "- §{ rule: digest-identity-conflict, differs: [signature-ledger], then: hold }", "a rule of fields.manifest-digest.disagreements holds without a reason", "add `reason: digest-identity-conflict`, or another of the reasons", true),
        new("unknown reason", Manifest, "reason: digest-identity-conflict", "reason: §digest-conflict", "unknown reason 'digest-conflict' in fields.manifest-digest.disagreements.reason", "known: clock-skew, authority-conflict, …", true),
        new("no-rule as a reason", Manifest, "reason: digest-identity-conflict", "reason: §no-rule", "fields.manifest-digest.disagreements.reason is 'no-rule', in a rule", "leave the rule out: a disagreement without one is held as no-rule", true),
        new("reason without a hold", Fingerprint, "then: authority", "then: authority, reason: §clock-skew", "fields.certificate-fingerprint.disagreements.reason stands in a rule that holds nothing", "remove it, or write `then: hold`", true),
        new("write with a hold", Fingerprint, "then: authority, write: true", "then: hold, reason: clock-skew, write: §true", "fields.certificate-fingerprint.disagreements.write stands in a rule that holds: a held field has no proposed write", "remove it, or write `then: authority`", true),
        new("write without a target", Fingerprint, "differs: [change-snapshot], signed: true, then: authority, write: true", "differs: [runtime-validation], signed: true, then: authority, write: §true", "fields.certificate-fingerprint.disagreements.write corrects none of the rule's sources", "add the source to writeTargets, or remove `write: true`", false),
        new("quoted truth value", Fingerprint, "signed: true", "signed: §\"true\"", "fields.certificate-fingerprint.disagreements.signed is text, not a truth value", "write true or false, without quotes", true),
        new("truth value of YAML 1.1", Fingerprint, "signed: true", "signed: §yes", "fields.certificate-fingerprint.disagreements.signed is text, not a truth value", "write true or false, without quotes", true),
        new("rule about nobody", Fingerprint, "differs: [change-snapshot], signed: true, then: authority, write: true", "differs: §[], then: authority", "fields.certificate-fingerprint.disagreements.differs names no source", "name those whose disagreement the rule is about", true),
        new("rule about a source that nobody asked", Fingerprint, "differs: [change-snapshot]", "differs: [change-snapshot, §artifact-registry]", "'artifact-registry' in fields.certificate-fingerprint.disagreements.differs is neither a confirmer of the field nor its authority", "add 'artifact-registry' to confirmers, or remove it here", false),
        new("rule name with spaces", Fingerprint, "rule: ledger-lineage-over-snapshot", "rule: §Ledger over snapshot", "'Ledger over snapshot' is no rule name", "write lower-case words joined by hyphens, at most 64 characters, e.g. registry-over-snapshot", true),
        new("the steward's rule name", Fingerprint, "rule: ledger-lineage-over-snapshot", "rule: §steward-pin", "'steward-pin' is the name of a steward's own decision", "name the rule otherwise", true),
        new("two rules of one name", Envelope, "rule: ledger-lineage-over-snapshot", "rule: §runtime-never-overrides", "two rules of fields.signature-envelope-id are called 'runtime-never-overrides', first on line «      - { rule: runtime-never»", "name one of them otherwise", false),
        new("unreachable rule", Manifest, DigestRule, $"{DigestRule}\n      - §{{ rule: too-late, differs: [signature-ledger], signed: true, then: authority }}", "rule 'too-late' of fields.manifest-digest can never apply: 'digest-identity-conflict' before it takes every case", "move it up, narrow the earlier rule, or remove it", false),
        new("rule that two earlier ones take together", "  tag-to-digest:", "- { rule: registry-over-mirror", "- §{ rule: too-late, differs: [runtime-validation], then: authority }\n      - { rule: registry-over-mirror", "rule 'too-late' of fields.tag-to-digest can never apply: 'runtime-differs' and 'unsigned-registry' before it takes every case", "move it up, narrow the earlier rule, or remove it", false),
    ];

    private static IEnumerable<RefusalCase> Coordinates() =>
    [
        new("scope without a host", "scope:", "[]", "[§payments/**]", "'payments/**' in scope.repositories can match nothing: it doesn't start with a registry host", "write '**/payments/**', or put the host first", false),
        new("scope of a host only", "scope:", "[]", "[§registry.example.com:5000]", "'registry.example.com:5000' in scope.repositories can match nothing: it names a host and no repository", "write 'registry.example.com:5000/**'", false),
        new("scope in capitals", "scope:", "[]", "[§registry.example.com/Payments/**]", "'registry.example.com/Payments/**' in scope.repositories can match nothing: coordinates are lower case", "write 'registry.example.com/payments/**'", false),
        new("scope with a tag", "scope:", "[]", "[§registry.example.com/payments/**:v*]", "'registry.example.com/payments/**:v*' in scope.repositories can match nothing: coordinates have neither tag nor digest", "write registry host and repository only, e.g. registry.example.com/payments/**", false),
        new("unknown source with instances", "authoritativeInstances:", "{}", "{ §registry: [a.example.com] }", "unknown source 'registry' in authoritativeInstances", Sources, true),
        new("source without instances", "authoritativeInstances:", "{}", "{ §artifact-registry: [] }", "authoritativeInstances.artifact-registry names no instance", "name one, or leave 'artifact-registry' out", true),
        new("registry host in capitals", "authoritativeInstances:", "{}", "{ artifact-registry: [§Registry.example.com] }", "registry host 'Registry.example.com' isn't lower case", "write 'registry.example.com'", false),
        new("unknown key in an alias", "aliases:", "[]", "[{ from: a.example.com, to: b.example.com, §form: c }]", "unknown key 'form' in aliases", "did you mean 'from'? known: from, to", true),
        new("alias of no host", "aliases:", "[]", "[{ from: §mirror, to: docker.io }]", "'mirror' in aliases.from is not how coordinates are spelled", "write a registry host, or a host and path prefix, …", true),
        new("alias with a slash at the end", "aliases:", "[]", "[{ from: §mirror.example.com/, to: docker.io }]", "'mirror.example.com/' in aliases.from is not how coordinates are spelled", "write a registry host, or a host and path prefix, …", true),
        new("alias to another spelling of a host", "aliases:", "[]", "[{ from: mirror.example.com, to: §index.docker.io }]", "'index.docker.io' in aliases.to is not how coordinates are spelled", "write 'docker.io'", false),
        new("two aliases of one prefix", "aliases:", "[]", "[{ from: a.example.com, to: docker.io }, §{ from: a.example.com, to: quay.io }]", "'a.example.com' has two aliases", "keep one of them", false),
        new("alias to itself", "aliases:", "[]", "[§{ from: docker.io, to: docker.io/hub }]", "alias 'docker.io' leads to 'docker.io/hub', which alias 'docker.io' changes again", "the aliases lead in a circle: keep the one direction that you mean", false),
        new("aliases in a circle of three", "aliases:", "[]", "[§{ from: a.io, to: b.io }, { from: b.io, to: c.io }, { from: c.io, to: a.io }]", "alias 'a.io' leads to 'b.io', which alias 'b.io' changes again", "the aliases lead in a circle: keep the one direction that you mean", false),
        new("aliases in a chain", "aliases:", "[]", "[§{ from: a.io/hub, to: b.io/x }, { from: b.io, to: c.io/y }]", "alias 'a.io/hub' leads to 'b.io/x', which alias 'b.io' changes again", "aliases apply once: write { from: a.io/hub, to: c.io/y/x }", false),
        new("aliases in a chain of three", "aliases:", "[]", "[§{ from: a.io, to: b.io }, { from: b.io, to: c.io }, { from: c.io, to: d.io }]", "alias 'a.io' leads to 'b.io', which alias 'b.io' changes again", "aliases apply once: write { from: a.io, to: d.io }", false),
        new("alias into the depth of another", "aliases:", "[]", "[§{ from: m.io, to: docker.io }, { from: docker.io/foo, to: ghcr.io/foo }]", "alias 'm.io' leads to 'docker.io', which alias 'docker.io/foo' changes again", "aliases apply once: add { from: m.io/foo, to: ghcr.io/foo }", false),
    ];
}
