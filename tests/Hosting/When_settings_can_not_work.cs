using ReleaseIntegrity.Tests.Running;

namespace ReleaseIntegrity.Tests.Hosting;

/// <summary>A start that is refused ends with 2, says why in a few lines, and what to write instead.</summary>
public sealed class When_settings_can_not_work : IDisposable
{
    private readonly Scratch _scratch = new();

    /// <inheritdoc/>
    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData("artifact-registry", "Collector__MaxBodyBytes", "many", "Collector:MaxBodyBytes has a value of the wrong kind")]
    [InlineData("artifact-registry", "Collector__MaxBodyBytes", "0", "\"MaxBodyBytes\": 4194304")]
    [InlineData("signature-ledger", "Collector__Credential__Secrets__0", "short", "openssl rand -hex 32")]
    [InlineData("change-snapshot", "URLS", "http://0.0.0.0:0", "--urls http://127.0.0.1:8080")]
    [InlineData("change-snapshot", "URLS", "nowhere", "write http://127.0.0.1:8080")]
    [InlineData("runtime-validation", "Store__Engine", "oracle", "\"Engine\": \"sqlite\"")]
    [InlineData("runtime-validation", "Store__Engine", "sqlserver", "\"ConnectionString\":")]
    [InlineData("runtime-validation", "Bus__Transport", "carrier-pigeon", "Bus__Transport=rabbitmq")]
    [InlineData("reconciler", "Reconciler__PolicyFile", "/nowhere/policy.yaml", "/nowhere/policy.yaml")]
    [InlineData("reconciler", "Drain__WindowSeconds", "-1", "must not be negative")]
    [InlineData("handoff", "Handoff__TokenKeyFile", "/nowhere/token.key", "openssl rand -hex 32 > /nowhere/token.key")]
    [InlineData("handoff", "Handoff__SigningKeyFile", "", "\"SigningKeyFile\": \"signing.key\"")]
    [InlineData("handoff", "Handoff__SigningKeyFile", "/nowhere/signing.key", "openssl rand -hex 32 > /nowhere/signing.key")]
    [InlineData("handoff", "Handoff__OpenId__Issuer", "https://login.example.com", "both a signing key and an OpenID provider")]
    public async Task It_is_refused_with_the_fix(string service, string setting, string value, string fix)
    {
        Dictionary<string, string> settings = Service.Settings(_scratch, ("URLS", "http://127.0.0.1:0"), ("Handoff__GrpcUrl", "http://127.0.0.1:0"));
        settings[setting] = value;

        Outcome refused = await Service.RunAsync(service, settings);

        Assert.True(refused.Code == 2, $"ended with {refused.Code}\n{refused.Output}\n{refused.Error}");
        Assert.Contains(fix, refused.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", refused.Error + refused.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_value_of_the_wrong_kind_is_not_quoted()
    {
        Outcome refused = await Service.RunAsync("artifact-registry", Service.Settings(_scratch, ("Collector__MaxBacklog", "s3cret")));

        Assert.Equal(2, refused.Code);
        Assert.DoesNotContain("s3cret", refused.Error + refused.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_command_is_refused_with_the_known_ones()
    {
        Outcome refused = await Service.RunAsync("handoff", Service.Settings(_scratch), "migrat");

        Assert.Equal(2, refused.Code);
        Assert.Contains("commands: migrate, doctor", refused.Error, StringComparison.Ordinal);
    }
}
