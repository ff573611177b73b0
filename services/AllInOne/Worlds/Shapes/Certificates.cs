using ReleaseIntegrity.Worlds.Making;

namespace ReleaseIntegrity.Worlds.Shapes;

/// <summary>A certificate as Fulcio issues it (its v1 API): it tells who may sign and names no artifact.</summary>
internal static class Certificates
{
    /// <summary>One that was issued to somebody.</summary>
    public static Message Issued(Chance chance, DateTimeOffset at) => Message.Of(
        "fulcio", SigningKey.Certified(chance, $"https://ci.acme.example/shop/other-{chance.Between(1, 99)}.yml", at, null).Pem);
}
