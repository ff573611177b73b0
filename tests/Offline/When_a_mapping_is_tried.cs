using System.CommandLine;

namespace ReleaseIntegrity.Tests.Offline;

public sealed class When_a_mapping_is_tried : IDisposable
{
    private const string Mapping = """
        format: servicenow
        version: 1
        image: u_image
        digest: u_sha
        fields: { release-train: u_train }
        """;

    private static readonly string Digest = "sha256:" + new string('b', 64);

    private static readonly string Record = $$"""
        {"result": [{"sys_id": "s-1", "number": "CHG7", "sys_mod_count": "4", "sys_updated_on": "2026-03-22 09:00:00", "state": "3", "approval": "approved",
          "u_image": {"display_value": "Cart", "value": "registry.acme.test/shop/cart:4.2.1"}, "u_sha": "{{Digest}}"}, {"sys_id": "s-2", "u_image": ""}]}
        """;

    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void Every_expression_shows_what_it_chooses_and_where()
    {
        (int code, string output, _) = Test(_scratch.Write("change.json", Record), "--format", "servicenow", "--mapping", _scratch.Write("ours.yaml", Mapping));

        Assert.Equal(0, code);
        Assert.Contains("item 0: observed: s-1 at servicenow, revision 4 2026-03-22T09:00:00Z, approval approved", output, StringComparison.Ordinal);
        Assert.Contains("  image: u_image\n      /result/0/u_image/value = registry.acme.test/shop/cart:4.2.1\n", output, StringComparison.Ordinal);
        Assert.Contains("  fields.release-train: u_train\n      (not carried)\n", output, StringComparison.Ordinal);
        Assert.Contains($"      approved-tuple = registry.acme.test/shop/cart:4.2.1@{Digest}   from /result/0/u_sha\n", output, StringComparison.Ordinal);
        Assert.Contains("item 1: irrelevant: names no artifact\n  id: sys_id\n      /result/1/sys_id = s-2\n", output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_place_within_a_text_of_JSON_shows_its_decode_step()
    {
        string payload = _scratch.Write("deployment.json", """
            {"action": "created", "deployment": {"id": 7, "updated_at": "2026-03-22T09:00:00Z", "payload": "{\"artifact_image\": \"registry.acme.test/shop/cart:4.2.1\"}"}}
            """);
        (int code, string output, _) = Test(payload, "--format", "github", "--header", "X-GitHub-Event: deployment");

        Assert.Equal(0, code);
        Assert.Contains("/deployment/payload → json → /artifact_image = registry.acme.test/shop/cart:4.2.1", output, StringComparison.Ordinal);
    }

    [Fact]
    public void What_can_not_be_used_is_refused_with_the_reason()
    {
        string payload = _scratch.Write("change.json", Record);

        (int code, _, string error) = Test(payload, "--format", "remedy");
        Assert.Equal(2, code);
        Assert.Contains("servicenow, jira", error, StringComparison.Ordinal);

        (code, _, error) = Test(payload, "--format", "servicenow", "--mapping", _scratch.Write("bad.yaml", "format: servicenow\nversion: 1\nimge: u_image\n"));
        Assert.Equal(2, code);
        Assert.Contains("bad.yaml(3): imge: no such member", error, StringComparison.Ordinal);

        (code, _, _) = Test(payload + "x", "--format", "servicenow");
        Assert.Equal(1, code);
    }

    private static (int Code, string Output, string Error) Test(params string[] arguments)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter();
        int code = AllInOne.Program.Run(["mapping", "test", .. arguments], new InvocationConfiguration { Output = output, Error = error });
        return (code, output.ToString(), error.ToString());
    }
}
