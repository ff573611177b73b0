using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using ReleaseIntegrity.Contracts;
using ReleaseIntegrity.Contracts.Documents;
using ReleaseIntegrity.Contracts.Messages;
using ReleaseIntegrity.Core;
using ReleaseIntegrity.Policies;

namespace ReleaseIntegrity.Benchmarks.Handoff;

/// <summary>Packages as the engine makes them of a disputed release, each of a tuple, a digest and an age of its own.</summary>
internal sealed class Packages
{
    private const int PerRepository = 200;
    private const int PerTrain = 500;
    private static readonly DateTimeOffset Noon = new(2026, 3, 22, 12, 0, 0, TimeSpan.Zero);

    private readonly string _package;

    public Packages()
    {
        Policy policy = PolicyFile.Default();
        Reconciliation result = Reconciler.Reconcile(Release.Evidence(policy, 0, lagging: true), policy, Noon);
        _package = CanonicalJson.Text(PackageDocument.Of(result.Package!));
    }

    /// <summary>Characters of one package's content.</summary>
    public int Length => _package.Length;

    /// <summary>The tuple with a number.</summary>
    public static ImageReference TupleOf(int number) => new("registry.example.com", Repository(number), Tag(number));

    /// <summary>The message about the package of a tuple.</summary>
    public CorrectionPackagePrepared Prepared(int number)
    {
        string text = _package
            .Replace("payments/api", Repository(number), StringComparison.Ordinal)
            .Replace("rel-2026.03.22.4", Tag(number), StringComparison.Ordinal)
            .Replace(new string('a', 64), Hex($"a{number}"), StringComparison.Ordinal)
            .Replace(new string('b', 64), Hex($"b{number}"), StringComparison.Ordinal);
        JsonObject package = JsonNode.Parse(text)!.AsObject();
        package.Remove("id");
        package["id"] = CanonicalJson.Sha256(package);
        return new CorrectionPackagePrepared
        {
            Tuple = TupleOf(number), PackageId = (string)package["id"]!, Revision = 1, CanonicalPackage = CanonicalJson.Bytes(package), PreparedAt = Noon.AddSeconds(number),
        };
    }

    private static string Repository(int number) => string.Create(CultureInfo.InvariantCulture, $"team-{number / PerRepository:d4}/service");

    private static string Tag(int number) => string.Create(CultureInfo.InvariantCulture, $"rel-{number / PerTrain:d3}.{number % PerTrain:d3}");

    private static string Hex(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
