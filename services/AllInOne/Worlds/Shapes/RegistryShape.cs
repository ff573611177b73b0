using ReleaseIntegrity.Contracts;
using ReleaseIntegrity.Worlds.Making;

namespace ReleaseIntegrity.Worlds.Shapes;

/// <summary>One push or deletion at a registry.</summary>
/// <param name="Image">Coordinates and tag.</param>
/// <param name="Built">What was pushed.</param>
/// <param name="At">When it happened.</param>
/// <param name="Stated">When the registry says that it happened.</param>
/// <param name="Id">The message's id.</param>
/// <param name="Serial">A number that grows with every version of the package.</param>
internal sealed record Push(ImageReference Image, BuiltImage Built, DateTimeOffset At, DateTimeOffset Stated, string Id, long Serial)
{
    /// <summary>The digest as it is told; null for a push that states none.</summary>
    public string? Digest { get; init; } = Built.Digest.Text;

    /// <summary>The path without its last segment.</summary>
    public string Project => Image.Repository[..Image.Repository.LastIndexOf('/')];

    /// <summary>The last segment of the path.</summary>
    public string Name => Image.Repository[(Image.Repository.LastIndexOf('/') + 1)..];
}

/// <summary>One kind of registry: where it is, and how it tells of pushes.</summary>
/// <param name="Host">Its host.</param>
/// <param name="Path">The path of a repository there.</param>
/// <param name="Format">The format that it speaks.</param>
/// <param name="Told">The body for a push.</param>
internal sealed record RegistryShape(string Host, string Path, string Format, Func<Push, string> Told)
{
    /// <summary>Its events name digests. Without, a push only asks for the tag to be read.</summary>
    public bool NamesDigests { get; init; } = true;

    /// <summary>Its events say when.</summary>
    public bool IsDated { get; init; } = true;

    /// <summary>Its events prove an index's children.</summary>
    public bool ListsChildren { get; init; }

    /// <summary>Its versions are numbered, so that a tag moved back goes against the numbers.</summary>
    public bool IsNumbered { get; init; }

    /// <summary>How it tells of a deleted manifest; null where it doesn't.</summary>
    public Func<Push, string>? Deleted { get; init; }

    /// <summary>What its events say beside the tag; null for nothing.</summary>
    public Func<Push, Statement>? Beside { get; init; }

    /// <summary>The message for a push.</summary>
    public Message Of(Push push)
    {
        var message = Message.Of(Format, Told(push));
        message = Format == "github-packages" ? message.With("x-github-delivery", push.Id) : message;
        message = Beside is null ? message : message with { Statements = [Beside(push)] };
        return NamesDigests && push.Digest == push.Built.Digest.Text
            ? message with { Statements = [Tag(push, IsDated ? push.Stated : null, ListsChildren, dated: IsDated), .. message.Statements] }
            : message;
    }

    /// <summary>The message for a deleted manifest.</summary>
    public Message OfDeleted(Push push) => Message.Of(Format, Deleted!(push), new Statement
    {
        Source = Source.ArtifactRegistry,
        Instance = Host,
        Kind = RecordKind.RegistryManifest,
        Record = push.Built.Digest.Text,
        At = push.At,
        Time = push.Stated,
        Image = push.Image with { Tag = null },
        Digest = push.Built.Digest,
        Withdrawn = true,
    });

    /// <summary>What a tag says.</summary>
    public static Statement Tag(Push push, DateTimeOffset? time, bool children, bool dated)
    {
        var fields = new Dictionary<Field, IReadOnlyList<string>>();
        fields.Say(Field.ManifestDigest, push.Built.Digest.Text);
        fields.Say(Field.TagToDigest, push.Built.Digest.Text);
        fields.Say(Field.Repository, push.Image.Coordinates);
        fields.Say(Field.ActiveTags, push.Image.Tag);
        fields.Say(Field.PromotionTime, dated ? push.Stated.Text() : null);
        return new Statement
        {
            Source = Source.ArtifactRegistry,
            Instance = push.Image.Registry,
            Kind = RecordKind.RegistryTag,
            Record = push.Image.ToString(),
            At = push.At,
            Time = time,
            Image = push.Image,
            Digest = push.Built.Digest,
            Children = children ? push.Built.Children : [],
            Fields = fields,
        };
    }
}
