using ReleaseIntegrity.Contracts;
using ReleaseIntegrity.Worlds.Shapes;

namespace ReleaseIntegrity.Worlds.Making;

/// <summary>The acts of which a release consists, each told by its source: promote, sign, approve, roll out.</summary>
internal sealed class Release
{
    private readonly Organisation _organisation;
    private readonly Script _script;
    private readonly Chance _chance;
    private readonly Artifact _artifact;
    private long _serial;
    private bool _isNumbered;
    private long _index;

    public Release(Organisation organisation, Artifact artifact, Script script, Chance chance)
    {
        (_organisation, _artifact, _script, _chance) = (organisation, artifact, script, chance);
        _serial = chance.Between(100_000, 900_000);
        _index = chance.Between(1_000, 900_000);
        Rollout = new Rollout(organisation, script, chance);
    }

    public Rollout Rollout { get; }

    public ImageReference Tuple => _artifact.Tuple;

    /// <summary>Builds an image.</summary>
    public BuiltImage Build()
    {
        BuiltImage built = BuiltImage.Build(_chance);
        _artifact.Owns(built.Digest, built.Children);
        return built;
    }

    /// <summary>The tag comes to name the image. What the registry's events leave open is read from it a little later.</summary>
    /// <param name="built">The image.</param>
    /// <param name="at">When.</param>
    /// <param name="told">The event arrives.</param>
    /// <param name="ahead">How far the registry's clock is ahead.</param>
    /// <param name="back">The tag goes back to what it named before, whose version has its number already.</param>
    public Push Promote(BuiltImage built, DateTimeOffset at, bool told = true, TimeSpan ahead = default, bool back = false)
    {
        var push = new Push(Tuple, built, at, at + ahead, _chance.Uuid(), back ? _serial - 1 : ++_serial);
        RegistryShape shape = _organisation.Registry;
        if (told)
        {
            Message message = shape.Of(push);
            bool unordered = back && _isNumbered;
            _isNumbered = shape.IsNumbered;
            _script.TellSoon(Source.ArtifactRegistry, unordered ? message with { Statements = [.. message.Statements.Select(s => s with { Unordered = true })] } : message, at);
        }

        if (told && (!shape.NamesDigests || !shape.IsDated))
        {
            Read(push, at + _chance.Minutes(1, 4));
        }

        if (built.IsIndex && !shape.ListsChildren)
        {
            _script.TellSoon(Source.ArtifactRegistry, Registries.Document(push, at + _chance.Minutes(0.5, 3)), at + _chance.Minutes(3, 4));
        }

        return push;
    }

    /// <summary>A push whose event states another digest, or none.</summary>
    public void Mistell(BuiltImage built, DateTimeOffset at, string? digest)
    {
        var push = new Push(Tuple, built, at, at, _chance.Uuid(), ++_serial) { Digest = digest };
        _script.TellSoon(Source.ArtifactRegistry, _organisation.Registry.Of(push), at);
    }

    /// <summary>A resync reads where the tag leads.</summary>
    public void Read(Push push, DateTimeOffset at)
    {
        _isNumbered = false;
        bool listed = _organisation.Registry.Format == "harbor" && push.At == push.Stated;
        _script.Tell(Source.ArtifactRegistry, listed ? Registries.HarborList(push) : Registries.Head(push, at), at.AddSeconds(1));
    }

    /// <summary>A resync learns that the tag is gone.</summary>
    public void ReadGone(Push push, DateTimeOffset at) => _script.Tell(Source.ArtifactRegistry, Registries.Gone(push, at), at.AddSeconds(1));

    /// <summary>The manifest is deleted; false where the registry doesn't tell such things.</summary>
    public bool TryDelete(Push push, DateTimeOffset at)
    {
        if (_organisation.Registry.Deleted is not null)
        {
            _script.TellSoon(Source.ArtifactRegistry, _organisation.Registry.OfDeleted(push with { At = at, Stated = at, Id = _chance.Uuid() }), at);
        }

        return _organisation.Registry.Deleted is not null;
    }

    /// <summary>A signer: with a certificate where the organisation has them, of a number where it has keys.</summary>
    public SigningKey Signer(DateTimeOffset at, int number) => _organisation.HasCertificates
        ? SigningKey.Certified(_chance, $"https://ci.acme.example/shop/release.yml@refs/heads/lane-{number}", at.AddDays(-1), _chance.Happens(0.4) ? $"kms-prod-sign-{number:D2}" : null)
        : SigningKey.Bare(_chance, number);

    /// <summary>Signs an image.</summary>
    /// <param name="built">The image.</param>
    /// <param name="key">With what.</param>
    /// <param name="at">When the ledger writes it.</param>
    /// <param name="late">How long its delivery takes beside the usual.</param>
    /// <param name="predicateType">What is attested.</param>
    /// <returns>What the entry says.</returns>
    public Statement Sign(BuiltImage built, SigningKey key, DateTimeOffset at, TimeSpan late = default, string predicateType = "https://slsa.dev/provenance/v1")
    {
        Message message = _organisation.Ledger(new Signing
        {
            Image = Tuple,
            Built = built,
            IsClaim = _organisation.SignsTags,
            Key = key,
            At = at,
            Index = _index += _chance.Between(1, 40),
            Log = _organisation.Log,
            Salt = _chance.Hex(24),
            PredicateType = predicateType,
        });
        _script.TellSoon(Source.SignatureLedger, message, at + late);
        return message.Statements[0];
    }

    /// <summary>Opens a change record.</summary>
    public Change Open(BuiltImage built, DateTimeOffset at) => new()
    {
        Id = _chance.Between(1000, 999_999),
        Revision = 0,
        At = at,
        Stated = at,
        MessageId = "",
        Image = Tuple,
        Digest = built.Digest,
        Window = $"RW-{_chance.Between(1, 60)}",
    };

    /// <summary>Saves a revision of a change record.</summary>
    /// <param name="change">What it says now.</param>
    /// <param name="at">When.</param>
    /// <param name="ahead">How far the change system's clock is ahead.</param>
    /// <param name="restored">The record is an older one again: its count goes back.</param>
    public Change Save(Change change, DateTimeOffset at, TimeSpan ahead = default, bool restored = false)
    {
        Change saved = change with { At = at, Stated = at + ahead, Revision = restored ? change.Revision : change.Revision + 1, MessageId = _chance.Uuid() };
        Message message = _organisation.ChangeSystem(saved);
        bool counts = restored && message.Statements[0].Instance is "servicenow" or "github.com" or "dev.azure.com" or "pagerduty"
            || (restored && message.Format == "cloudevents");
        _script.TellSoon(Source.ChangeSnapshot, counts ? message with { Statements = [.. message.Statements.Select(s => s with { Unordered = true })] } : message, at);
        return saved;
    }

    /// <summary>Of what an entry says, what a change record copies.</summary>
    public Change Copy(Change change, Statement entry) => change with
    {
        Fingerprint = entry.Value(Field.CertificateFingerprint)?[0],
        KeyId = _chance.Happens(0.4) ? entry.Value(Field.SignerKeyId)?[0] : null,
    };
}
