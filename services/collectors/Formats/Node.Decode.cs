using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Collectors.Formats;

/// <content>Decode steps: each gives the root of a document of its own, whose places name the step.</content>
public sealed partial class Node
{
    private const string LineStep = "json-line-";

    /// <summary>A string (or bytes) that holds JSON.</summary>
    public Node DecodeJson() => Decode("json");

    /// <summary>A base64 string, as bytes.</summary>
    public Node DecodeBase64() => Decode("base64");

    /// <summary>A base64 string that holds JSON.</summary>
    public Node DecodeBase64Json() => Decode("base64-json");

    /// <summary>A certificate (DER or PEM; bytes, base64 or text) as <see cref="CertificateDocument"/> renders it.</summary>
    public Node DecodeCertificate() => Decode("certificate");

    /// <summary>
    /// Every certificate of a node, in its order: a PEM text may hold several. Only the failed node where there is none.
    /// </summary>
    public IReadOnlyList<Node> DecodeCertificates()
    {
        var certificates = new List<Node> { DecodeCertificate() };
        while (certificates.Count < CertificateDocument.MaxCertificates
            && Decode($"certificate-{certificates.Count}") is { Failure: null } further)
        {
            certificates.Add(further);
        }

        return certificates;
    }

    /// <summary>
    /// SHA-256 of the node's raw bytes, as a root string of lower-case hex: for the notification's own root all its
    /// bytes, for decoded bytes those, for any other node its JSON text exactly as it stands (a string with its quotes).
    /// </summary>
    public Node Sha256() => Decode("sha256");

    /// <summary>
    /// RFC 6962 section 2.1 leaf hash, SHA-256 of a zero byte and the bytes that the base64 string holds, or of the whole
    /// body, as a root string of lower-case hex.
    /// </summary>
    public Node RekorLeaf() => Decode("rekor-leaf");

    /// <summary>
    /// Applies one decode step by the name that <see cref="DecodeStep.As"/> has. Where it can't be applied the result
    /// is <see cref="NodeKind.Undecodable"/>, its <see cref="Failure"/> says why, and all its members are absent.
    /// </summary>
    public Node Decode(string step)
    {
        var tree = new Tree(_tree.Owner, this, step);
        if (!Exists)
        {
            return new Node(tree, Failure ?? Reject($"nothing there to read as {step}"));
        }

        return step switch
        {
            "json" => Raw(tree, allowText: true, out ReadOnlyMemory<byte> text) ?? Parsed(tree, text, this),
            "base64" => FromBase64(tree, out ReadOnlyMemory<byte> bytes) ?? new Node(tree, bytes),
            "base64-json" => FromBase64(tree, out ReadOnlyMemory<byte> bytes) ?? Parsed(tree, bytes, this),
            "form" => Rendered(tree, FormText.Decode, "not a form with a payload"),
            "json-lines" => Rendered(tree, JsonText.Join, "not JSON texts one after another"),
            "verification-log" => Rendered(tree, VerificationLog.ToJson, "not a log with verification results"),
            _ when TryIndex(step, LineStep, out int number) => Line(tree, number),
            _ when step == "certificate" || step.StartsWith("certificate-", StringComparison.Ordinal) => Certificate(tree, step),
            "sha256" => Hash(tree),
            "rekor-leaf" => Leaf(tree),
            _ when step == "yaml" || step.StartsWith("yaml-document-", StringComparison.Ordinal) => Yaml(tree, step),
            _ => new Node(tree, Reject("unknown decode step")),
        };
    }

    internal static Node OfBytes(SourceDocument owner, ReadOnlyMemory<byte> bytes) => new(new Tree(owner, null, null), bytes);

    /// <summary>The root of the document that the whole body is; rejected with line and column where it is none.</summary>
    internal static Node OfBody(SourceDocument owner, ReadOnlyMemory<byte> body) =>
        Parsed(new Tree(owner, null, null), body, null);

    /// <summary>A document that a step of the whole body yields, from JSON that this library has written itself.</summary>
    internal static Node OfStep(SourceDocument owner, string step, ReadOnlyMemory<byte> json) =>
        Parsed(new Tree(owner, owner.Body, step), json, owner.Body);

    /// <summary>One of the lines of the body as a document of its own; rejected with its number and the column where it is none.</summary>
    internal static Node OfLine(SourceDocument owner, (int Number, ReadOnlyMemory<byte> Text) line) =>
        Parsed(new Tree(owner, owner.Body, $"{LineStep}{line.Number}"), line.Text, owner.Body, line.Number);

    private static Node Parsed(Tree tree, ReadOnlyMemory<byte> text, Node? origin, long line = 1)
    {
        JsonDocument? document = JsonText.TryParse(text, out bool duplicates, out ParseFailure? failure);
        if (document is null)
        {
            failure = failure! with { Line = failure.Line + line - 1 };
            return new Node(tree, new NormalisedItem.Rejected($"not JSON: {failure}", origin?.Pointer ?? ""));
        }

        tree.Owner.Own(document);
        tree.Duplicates = duplicates;
        return new Node(tree, null, null, -1, KindOf(document.RootElement), document.RootElement);
    }

    private static Node Literal(Tree tree, string text) => Parsed(tree, Encoding.ASCII.GetBytes($"\"{text}\""), null);

    /// <summary>The bytes of a bytes node, or the text of a string; else the failed node.</summary>
    private Node? Raw(Tree tree, bool allowText, out ReadOnlyMemory<byte> bytes)
    {
        bytes = Bytes;
        if (Kind == NodeKind.String && allowText)
        {
            bytes = Encoding.UTF8.GetBytes(Text!);
        }

        return Kind == NodeKind.Bytes || (Kind == NodeKind.String && allowText)
            ? null
            : new Node(tree, Reject($"must be a string, to be read as {tree.As}"));
    }

    private Node? FromBase64(Tree tree, out ReadOnlyMemory<byte> bytes)
    {
        bytes = default;
        string? text = Kind == NodeKind.Bytes ? Encoding.Latin1.GetString(Bytes.Span) : String;
        if (text is null || !Base64Text.TryDecode(text, out byte[] decoded))
        {
            return new Node(tree, Reject("not base64"));
        }

        bytes = decoded;
        return null;
    }

    private Node Rendered(Tree tree, Func<ReadOnlyMemory<byte>, byte[]?> render, string otherwise) =>
        Raw(tree, allowText: true, out ReadOnlyMemory<byte> text)
        ?? (render(text) is { } json ? Parsed(tree, json, this) : new Node(tree, Reject(otherwise)));

    private Node Line(Tree tree, int number) =>
        Raw(tree, allowText: true, out ReadOnlyMemory<byte> text)
        ?? (JsonText.Lines(text).FirstOrDefault(l => l.Number == number) is { Number: > 0 } line
            ? Parsed(tree, line.Text, this, number)
            : new Node(tree, Reject("the text has no such line")));

    private Node Certificate(Tree tree, string step)
    {
        int index = 0;
        if (step != "certificate" && !TryIndex(step, "certificate-", out index))
        {
            return new Node(tree, Reject("unknown decode step"));
        }

        byte[]? der = Kind switch
        {
            NodeKind.Bytes => CertificateDocument.ToDer(Bytes.Span, index),
            NodeKind.String => CertificateDocument.ToDer(Text!, index),
            _ => null,
        };
        return der is not null && CertificateDocument.TryRender(der, out byte[] json)
            ? Parsed(tree, json, this)
            : new Node(tree, Reject("not an X.509 certificate (DER, PEM, or base64 of either)"));
    }

    private Node Hash(Tree tree)
    {
        bool wholeBody = _parent is null && _tree.Origin is null;
        ReadOnlySpan<byte> raw = wholeBody ? _tree.Owner.Body.Bytes.Span
            : Kind == NodeKind.Bytes ? Bytes.Span
            : JsonMarshal.GetRawUtf8Value(_element);
        return Literal(tree, Convert.ToHexStringLower(SHA256.HashData(raw)));
    }

    private Node Leaf(Tree tree)
    {
        ReadOnlyMemory<byte> bytes = Bytes;
        if (Kind != NodeKind.Bytes && FromBase64(tree, out bytes) is { } failed)
        {
            return failed;
        }

        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData([0]);
        hash.AppendData(bytes.Span);
        return Literal(tree, Convert.ToHexStringLower(hash.GetHashAndReset()));
    }

    private Node Yaml(Tree tree, string step)
    {
        if (Raw(tree, allowText: true, out ReadOnlyMemory<byte> text) is { } failed)
        {
            return failed;
        }

        IReadOnlyList<ReadOnlyMemory<byte>> documents = YamlText.ToJson(text, out ParseFailure? failure);
        int index = 0;
        if (step != "yaml" && !TryIndex(step, "yaml-document-", out index))
        {
            return new Node(tree, Reject("unknown decode step"));
        }

        return failure is not null ? new Node(tree, Reject($"not YAML: {failure}"))
            : index < documents.Count ? Parsed(tree, documents[index], this)
            : new Node(tree, Reject("the YAML stream has no such document"));
    }

    private static bool TryIndex(string step, string prefix, out int index)
    {
        index = 0;
        return step.StartsWith(prefix, StringComparison.Ordinal) && int.TryParse(step.AsSpan(prefix.Length), System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out index);
    }

    /// <summary>One document: the notification's own, or what a decode step of another document's node gave.</summary>
    internal sealed class Tree(SourceDocument owner, Node? origin, string? @as)
    {
        public SourceDocument Owner => owner;

        /// <summary>The node that was decoded; null for the notification's own document.</summary>
        public Node? Origin => origin;

        public string? As => @as;

        public bool Duplicates { get; set; }

        private IReadOnlyList<DecodeStep>? _steps;

        public IReadOnlyList<DecodeStep> Steps() =>
            _steps ??= origin is null ? [] : [.. origin._tree.Steps(), new DecodeStep(origin.Pointer, @as!)];
    }
}
