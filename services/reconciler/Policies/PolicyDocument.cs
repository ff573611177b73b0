using System.Security.Cryptography;
using ReleaseIntegrity.Core;
using ReleaseIntegrity.Policies.Yaml;

namespace ReleaseIntegrity.Policies;

/// <summary>
/// The policy document, YAML as described in <c>contracts/schemas/policy.v1.schema.json</c>. A policy is complete or
/// refused: a gap, a typo or a rule that can never apply is a decision that somebody believes in and nobody takes.
/// </summary>
public static class PolicyDocument
{
    /// <summary>The document's <c>schema</c>.</summary>
    public const string Schema = "policy/v1";

    /// <summary>Size limit in bytes.</summary>
    public const int MaxBytes = 1024 * 1024;

    /// <summary>No more problems than this are listed for one document.</summary>
    public const int MaxProblems = 100;

    /// <summary>Reads and checks a document. Total: any bytes give a policy or problems. Anchors and aliases are allowed.</summary>
    /// <param name="yaml">The document. <see cref="Policy.Digest"/> is the SHA-256 of exactly these bytes.</param>
    /// <param name="fileName">How problems name the document.</param>
    public static PolicyResult Parse(byte[] yaml, string fileName)
    {
        var problems = new ProblemList(fileName);
        if (yaml.Length > MaxBytes)
        {
            problems.Add(Position.None, $"larger than {MaxBytes / 1024} KiB", "this is no policy, or needs patterns in place of lists");
            return problems.Refuse();
        }

        Policy? policy = DocumentText.Decode(yaml, problems) is { } text && YamlTree.Read(text, problems) is { } root
            ? new PolicyReader(new NodeReader(problems)).Read(root, Convert.ToHexStringLower(SHA256.HashData(yaml)))
            : null;

        return policy is not null && problems.Count == 0 ? new PolicyResult.Loaded(policy) : problems.Refuse();
    }
}
