using System.Globalization;
using System.Text.Json.Nodes;
using ReleaseIntegrity.Contracts.Documents;
using ReleaseIntegrity.Handoff.Comparing;
using ReleaseIntegrity.Tests.Handoff.Masking;

namespace ReleaseIntegrity.Tests.Handoff.Comparing;

public class Two_packages_compared
{
    /// <summary>One member of a package, changed, and the aspect that must say so.</summary>
    public static TheoryData<string, string> Members => new()
    {
        { "expiresAt", "expiry" },
        { "ledger/onHold", "on-hold" },
        { "ledger/fields/0/state", "state" },
        { "ledger/fields/0/rule", "rule" },
        { "ledger/fields/0/authoritative", "authoritative" },
        { "ledger/fields/0/hold", "hold" },
        { "ledger/fields/0/candidates/0/value", "candidate" },
        { "ledger/fields/0/candidates/0/about", "candidate" },
        { "ledger/fields/0/candidates/0/outcome", "candidate" },
        { "ledger/fields/0/candidates/0/why", "candidate" },
        { "ledger/fields/0/candidates/0/instance", "candidate" },
        { "ledger/fields/0/candidates/0/recordId", "candidate" },
        { "ledger/fields/0/candidates/0/revision", "candidate" },
        { "ledger/fields/0/candidates/0/sourceTime", "candidate" },
        { "ledger/fields/0/candidates/0/notificationSha256", "candidate" },
        { "ledger/fields/0/candidates/0/pointer", "candidate" },
        { "ledger/fields/0/candidates/0", "candidate" },
        { "alternatives/0/value", "alternative" },
        { "alternatives/0/needs/0", "alternative" },
        { "alternatives/0/writes/0/patch/1/value", "alternative" },
        { "proposedWrites/0/target/recordId", "write" },
        { "proposedWrites/0/patch/1/value", "write" },
        { "proposedWrites/0/inverse/0/path", "write" },
        { "proposedWrites/0", "write" },
        { "writeTargets/0/recordId", "write-target" },
    };

    [Theory]
    [MemberData(nameof(Members))]
    public void Whatever_differs_is_said_under_its_aspect(string member, string aspect)
    {
        foreach (int seed in Enumerable.Range(0, 10))
        {
            JsonObject before = new RandomDocument(seed).Package;
            var after = (JsonObject)before.DeepClone();
            Change(after, member.Split('/'));
            IReadOnlyList<PackageChange> changes = Compare(before, after);
            Assert.NotEmpty(changes);
            Assert.All(changes, c => Assert.Equal(aspect, c.Aspect));
            Assert.All(changes, c => Assert.NotEqual(c.Before, c.After));
            Assert.Equal(
                changes.Select(c => (c.Field, c.Before, c.After)).Order(),
                Compare(after, before).Select(c => (c.Field, c.After, c.Before)).Order());
        }
    }

    [Fact]
    public void Equal_packages_do_not_differ_whatever_their_evidence()
    {
        JsonObject before = new RandomDocument(1).Package;
        var after = (JsonObject)before.DeepClone();
        after["evidence"] = new JsonArray();
        Assert.Empty(Compare(before, after));
    }

    [Fact]
    public void Without_an_earlier_one_everything_is_new()
    {
        PackageView package = DocumentReader.Package(new RandomDocument(2).Package);
        IReadOnlyList<PackageChange> changes = PackageComparison.Compare(null, package);
        Assert.All(changes, c => Assert.Equal("", c.Before));
        Assert.All(changes, c => Assert.NotEqual("", c.After));
        Assert.Equal(package.Ledger.Fields.Count, changes.Count(c => c.Aspect == "state"));
        Assert.Equal(PackageComparison.Aspects, changes.Select(c => c.Aspect).Distinct().OrderBy(a => PackageComparison.Aspects.ToList().IndexOf(a)));
    }

    [Fact]
    public void Differences_stand_by_field_then_aspect()
    {
        IReadOnlyList<PackageChange> changes = Compare(new RandomDocument(3).Package, new RandomDocument(4).Package);
        Assert.Equal(
            changes.OrderBy(c => c.Field, StringComparer.Ordinal).ThenBy(c => PackageComparison.Aspects.ToList().IndexOf(c.Aspect)), changes);
        Assert.Equal("", changes[0].Field);
    }

    private static IReadOnlyList<PackageChange> Compare(JsonObject before, JsonObject after) =>
        PackageComparison.Compare(DocumentReader.Package(before), DocumentReader.Package(after));

    /// <summary>Another value of the member's kind; an object goes away.</summary>
    private static void Change(JsonNode document, string[] path)
    {
        JsonNode parent = path[..^1].Aggregate(document, (node, name) => node is JsonArray array ? array[int.Parse(name, CultureInfo.InvariantCulture)]! : node[name]!);
        string last = path[^1];
        if (parent is JsonArray elements)
        {
            int index = int.Parse(last, CultureInfo.InvariantCulture);
            if (elements[index] is JsonObject)
            {
                elements.RemoveAt(index);
            }
            else
            {
                elements[index] = "rollout";
            }

            return;
        }

        parent[last] = (last, parent[last]) switch
        {
            ("onHold", { } flag) => !(bool)flag,
            ("expiresAt" or "sourceTime", _) => "2027-01-01T00:00:00Z",
            ("hold", null) => JsonNode.Parse("""{"id":"x/no-rule","reason":"no-rule","alsoReasons":[],"root":null,"releaseWhen":[],"alternatives":[]}"""),
            ("hold", _) => null,
            _ => "another",
        };
    }
}
