using Google.Protobuf.Reflection;
using ReleaseIntegrity.Handoff.V1;

namespace ReleaseIntegrity.Tests.Handoff.Protos;

/// <summary>
/// Clients of others are built from the protos. What they rely on stands in <c>HandoffApi.approved.txt</c>: an addition is
/// approved by adding its lines in the same commit, anything else takes a new version of the package.
/// </summary>
public sealed class The_protos_are_frozen
{
    private const string Approved = "HandoffApi.approved.txt";

    [Fact]
    public void The_api_is_as_approved()
    {
        IReadOnlyList<string> present = ProtoText.Of(DescribedApi.Files);
        IReadOnlyList<string> changes = ProtoText.Changes(Lines(), present);
        if (changes.Count > 0)
        {
            string file = Path.Combine(AppContext.BaseDirectory, Approved.Replace("approved", "present", StringComparison.Ordinal));
            File.WriteAllLines(file, present);
            Assert.Fail($"not as in tests/Handoff/Protos/{Approved}; what is now is in {file}:\n{string.Join('\n', changes)}");
        }
    }

    /// <summary>Descriptors without comments are what the service runs on: they must be of the same protos.</summary>
    [Fact]
    public void Code_and_descriptors_are_of_the_same_protos() => Assert.Equal(
        ProtoText.Of(new[] { AccessReflection.Descriptor, AuditReflection.Descriptor, DecisionsReflection.Descriptor, HandoffReflection.Descriptor }),
        ProtoText.Of(DescribedApi.Files));

    [Theory]
    [InlineData("field GetLedgerRequest.name = ", null, "BREAKS CLIENTS: field GetLedgerRequest.name is gone")]
    [InlineData("field GetLedgerRequest.name = 1 string", "field GetLedgerRequest.name = 9 string", "BREAKS CLIENTS: field GetLedgerRequest.name was 1 string Required, and is 9 string")]
    [InlineData("field GetLedgerRequest.name = 1 string", "field GetLedgerRequest.name = 1 int64", "BREAKS CLIENTS: field GetLedgerRequest.name was 1 string Required, and is 1 int64")]
    [InlineData("field Ledger.fields = 10 repeated", "field Ledger.fields = 10", "BREAKS CLIENTS: field Ledger.fields was 10 repeated")]
    [InlineData("value PackageState.PACKAGE_STATE_CLOSED = 3", "value PackageState.PACKAGE_STATE_CLOSED = 30", "BREAKS CLIENTS: value PackageState.PACKAGE_STATE_CLOSED was 3, and is 30")]
    [InlineData("rpc releaseintegrity.handoff.v1.HandoffService.GetLedger = ", null, "BREAKS CLIENTS: rpc releaseintegrity.handoff.v1.HandoffService.GetLedger is gone")]
    [InlineData("http releaseintegrity.handoff.v1.HandoffService.GetLedger = Get /v1/", "http releaseintegrity.handoff.v1.HandoffService.GetLedger = Get /v2/", "BREAKS CLIENTS: http releaseintegrity.handoff.v1.HandoffService.GetLedger was Get /v1/")]
    [InlineData("access releaseintegrity.handoff.v1.AuditService.RevealField = Discloser", "access releaseintegrity.handoff.v1.AuditService.RevealField = Viewer", "BREAKS CLIENTS: access releaseintegrity.handoff.v1.AuditService.RevealField was Discloser; Tuple, and is Viewer; Tuple")]
    [InlineData(null, "field GetLedgerRequest.more = 9 string", "not approved yet: field GetLedgerRequest.more = 9 string")]
    public void A_change_that_is_seeded_is_named(string? was, string? becomes, string said)
    {
        var present = Lines().ToList();
        if (was is not null)
        {
            int at = present.FindIndex(l => l.StartsWith(was, StringComparison.Ordinal));
            string line = present[at];
            present.RemoveAt(at);
            if (becomes is not null)
            {
                present.Add(line.Replace(was, becomes, StringComparison.Ordinal));
            }
        }
        else
        {
            present.Add(becomes!);
        }

        Assert.StartsWith(said, Assert.Single(ProtoText.Changes(Lines(), present)), StringComparison.Ordinal);
    }

    private static string[] Lines()
    {
        using Stream stream = typeof(The_protos_are_frozen).Assembly.GetManifestResourceStream(Approved)!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
