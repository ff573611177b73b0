using ReleaseIntegrity.Collectors.SignatureLedger;

namespace ReleaseIntegrity.Tests.Normalisation.Ledger;

public sealed class SubjectNameTests
{
    private static readonly string Hex = new('a', 64);

    [Theory]
    [InlineData("ghcr.io/acme/cart", "ghcr.io/acme/cart", false)]
    [InlineData("ghcr.io/acme/cart:4.2.1", "ghcr.io/acme/cart:4.2.1", false)]
    [InlineData("GHCR.io/acme/cart@sha256:HEX", "ghcr.io/acme/cart", true)]
    [InlineData("localhost:5000/cart:1", "localhost:5000/cart:1", false)]
    [InlineData("pkg:docker/ghcr.io/acme/cart@main?platform=linux%2Famd64", "ghcr.io/acme/cart:main", false)]
    [InlineData("pkg:docker/golang@1.19?digest=sha256:HEX&platform=linux%2Famd64", "docker.io/library/golang:1.19", true)]
    [InlineData("pkg:docker/gcr.io/distroless/static?digest=sha256:HEX", "gcr.io/distroless/static", true)]
    [InlineData("pkg:docker/customer/dockerimage@sha256%3AHEX?repository_url=gcr.io", "gcr.io/customer/dockerimage", true)]
    [InlineData("pkg:oci/cart@sha256%3AHEX?repository_url=ghcr.io/acme/cart&tag=4.2.1", "ghcr.io/acme/cart:4.2.1", true)]
    [InlineData("PKG:OCI/cart@sha256:HEX?repository_url=https://ghcr.io/acme/cart#sub/path", "ghcr.io/acme/cart", true)]
    public void Images_are_recognised(string name, string image, bool digest)
    {
        Assert.True(SubjectName.TryParse(name.Replace("HEX", Hex, StringComparison.Ordinal), out ImageReference? parsed, out Digest? stated));
        Assert.Equal(image, parsed!.ToString());
        Assert.Equal(digest ? "sha256:" + Hex : null, stated?.Text);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("a.txt")]
    [InlineData("cart:4.2.1")]
    [InlineData("acme/cart:4.2.1")]
    [InlineData("ghcr.io/Acme/Cart")]
    [InlineData("ghcr.io/acme/cart@sha256:abc")]
    [InlineData("https://ghcr.io/acme/cart")]
    [InlineData("pkg:npm/sigstore@1.0.0")]
    [InlineData("pkg:oci/cart@sha256%3A00")]
    [InlineData("pkg:oci/cart?repository_url=cart")]
    [InlineData("pkg:docker/")]
    [InlineData("pkg:docker/Upper")]
    [InlineData("pkg:docker/%zz@%")]
    public void Other_names_are_no_images(string? name) =>
        Assert.False(SubjectName.TryParse(name, out _, out _));

    [Fact]
    public void A_name_of_any_length_is_looked_at_within_bounds() =>
        Assert.False(SubjectName.TryParse("ghcr.io/" + new string('a', 1_000_000), out _, out _));
}
