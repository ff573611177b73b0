using System.Text.Json;
using ReleaseIntegrity.Collectors.RuntimeValidation;
using ReleaseIntegrity.Collectors.RuntimeValidation.Formats;

namespace ReleaseIntegrity.Tests.Normalisation.Runtime;

/// <summary>Outcomes as annotations carry them; pods and admission requests read them alike.</summary>
public sealed class AdmissionCheckTests
{
    private const string Scoped = """{"version":1,"policies":{"ns/one":{"r1":{"registry.example/app:1":"pass"}},"ns/two":{"r2":{"registry.example/app:1":"OUTCOME","registry.example/other:1":"fail"}}}}""";

    private static readonly string Digest = Make.Digest('b');

    [Theory]
    [InlineData("kyverno.io/verify-images", """{"registry.example/app:1":"pass"}""", "pass", "/registry.example~1app:1")]
    [InlineData("kyverno.io/verify-images", """{"registry.example/app:1":true}""", "pass", "/registry.example~1app:1")]
    [InlineData("kyverno.io/verify-images", """{"registry.example/app:1":false}""", "fail", "/registry.example~1app:1")]
    [InlineData("kyverno.io/verify-images", """{"registry.example/app":"skip"}""", "skip", "/registry.example~1app")]
    [InlineData("kyverno.io/verify-images", """{"registry.example/app":"fail","registry.example/app:1":"pass"}""", "pass", "/registry.example~1app:1")]
    [InlineData("kyverno.io/verify-images", """{"registry.example/app:1":"fail","registry.example/app@DIGEST":"pass"}""", "pass", "/registry.example~1app@DIGEST")]
    [InlineData("kyverno.io/verify-images-scoped", Scoped, "fail", "/policies/ns~1two/r2/registry.example~1app:1")]
    [InlineData("kyverno.io/image-verification-outcomes", """{"signed":{"name":"signed","ruleType":"ImageVerify","message":"success","status":"pass"}}""", "pass", "/signed/status")]
    [InlineData("kyverno.io/image-verification-outcomes", """{"a":{"status":"pass"},"b":{"status":"warning"},"c":{"status":"skip"}}""", "warn", "/b/status")]
    [InlineData("releaseintegrity.dev/admission-check", "fail", "fail", null)]
    [InlineData("releaseintegrity.dev/admission-check", " Error ", "error", null)]
    public void An_outcome_keeps_its_place_within_the_annotation(string annotation, string value, string expected, string? pointer)
    {
        FieldReading? check = Read((annotation, value.Replace("DIGEST", Digest, StringComparison.Ordinal).Replace("OUTCOME", "fail", StringComparison.Ordinal)));

        string path = "/metadata/annotations/" + annotation.Replace("/", "~1", StringComparison.Ordinal);
        Assert.Equal(expected, check!.Single);
        Assert.Equal(
            pointer is null ? Place.At(path) : new Place([new DecodeStep(path, "json")], pointer.Replace("DIGEST", Digest, StringComparison.Ordinal)),
            check.Place);
    }

    [Theory]
    [InlineData("kyverno.io/verify-images", """{"registry.example/other:1":"fail","registry.example/app:2":"fail","not an image":"fail"}""")]
    [InlineData("kyverno.io/verify-images", """{"registry.example/app@sha256:cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc":"fail"}""")]
    [InlineData("kyverno.io/verify-images", "{}")]
    [InlineData("kyverno.io/image-verification-outcomes", """{"signed":{"message":"no status"}}""")]
    public void Outcomes_of_other_images_say_nothing(string annotation, string value) => Assert.Null(Read((annotation, value)));

    [Theory]
    [InlineData("kyverno.io/verify-images", "not json")]
    [InlineData("kyverno.io/verify-images", "[]")]
    [InlineData("kyverno.io/verify-images", """{"registry.example/app:1":"perhaps"}""")]
    [InlineData("kyverno.io/verify-images", """{"registry.example/app:1":{}}""")]
    [InlineData("kyverno.io/verify-images-scoped", Scoped)]
    [InlineData("releaseintegrity.dev/admission-check", "perhaps")]
    public void An_outcome_that_is_none_is_unreadable(string annotation, string value)
    {
        FieldReading? check = Read((annotation, value));

        Assert.NotNull(check!.Unreadable);
        Assert.Empty(check.Values);
    }

    [Fact]
    public void What_speaks_of_the_image_comes_before_what_speaks_of_policies_and_the_configured_one_first()
    {
        (string, string) flat = ("kyverno.io/verify-images", """{"registry.example/app:1":"pass"}""");
        (string, string) policies = ("kyverno.io/image-verification-outcomes", """{"a":{"status":"fail"}}""");

        Assert.Equal("pass", Read(policies, flat)!.Single);
        Assert.Equal("skip", Read(policies, flat, ("releaseintegrity.dev/admission-check", "skip"))!.Single);
    }

    private static FieldReading? Read(params (string Name, string Value)[] annotations)
    {
        string json = JsonSerializer.Serialize(annotations.ToDictionary(a => a.Name, a => a.Value));
        Observation observation = Check.Single(new PodNormalizer(new RuntimeValidationOptions()), Make.Json(
            $$"""
            {"kind":"Pod","metadata":{"uid":"u","annotations":{{json}} },"spec":{"containers":[{"name":"main","image":"registry.example/app:1"}]},
             "status":{"containerStatuses":[{"name":"main","image":"x","imageID":"registry.example/app@{{Digest}}"}]} }
            """,
            Source.RuntimeValidation, "k8s-pod"));
        return observation.Fields.SingleOrDefault(f => f.Field == Field.AdmissionCheck);
    }
}
