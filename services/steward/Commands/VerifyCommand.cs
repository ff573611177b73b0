using System.CommandLine;
using System.Security.Cryptography;
using System.Text.Json;
using ReleaseIntegrity.Export;
using ReleaseIntegrity.Steward.CommandLine;

namespace ReleaseIntegrity.Steward.Commands;

/// <summary><c>packages verify</c>: checks that an exported package is as the service signed it. It asks no server.</summary>
internal static class VerifyCommand
{
    private static readonly Argument<string> Envelope = new("FILE") { Description = "The DSSE envelope that packages export wrote." };
    private static readonly Option<string> Key = new("--key", "-k") { Description = "The service's public key, as PEM, from whoever runs the service.", HelpName = "PEM", Required = true };
    private static readonly Option<string?> Payload = new("--payload") { Description = "Write the verified package there.", HelpName = "FILE" };

    /// <summary>The command.</summary>
    public static Command Create(CommandSet set) => set.Add(
        new Command("verify", "Check offline that an exported package is as the service signed it.") { Envelope, Key, Payload },
        """
        It checks the integrity of the package document, ECDSA P-256 over the DSSE encoding, with the given key alone. It says
        nothing about the artifact's own signatures. Ends with 7 where the package isn't as it was signed.

        Examples:
          steward packages verify package.dsse.json --key handoff.pem
          steward packages verify package.dsse.json --key handoff.pem --payload package.json
        """,
        RunAsync);

    private static async Task<int> RunAsync(Session session)
    {
        using ECDsa key = await KeyAsync(session);
        DsseEnvelope envelope;
        byte[]? payload;
        try
        {
            envelope = DsseEnvelope.Parse(await File.ReadAllBytesAsync(session.Get(Envelope), session.CancellationToken));
            payload = envelope.Verify(key);
        }
        catch (FormatException bad)
        {
            throw new UsageException(bad.Message);
        }

        if (payload is null)
        {
            throw new UsageException(
                "NOT VERIFIED: no signature of the envelope is by this key over this content. It was changed, or another key signed it", ExitCodes.NotIntact);
        }

        if (envelope.PayloadType != DsseEnvelope.PackageType)
        {
            throw new UsageException("NOT VERIFIED: the key signed something else than a correction package", ExitCodes.NotIntact);
        }

        if (session.Get(Payload) is { } file)
        {
            await File.WriteAllBytesAsync(file, payload, session.CancellationToken);
        }

        string keyId = DsseEnvelope.KeyIdOf(key);
        string sha256 = Convert.ToHexStringLower(SHA256.HashData(payload));
        if (session.Json)
        {
            session.Screen.Raw(JsonSerializer.Serialize(new { verified = true, keyId, payloadType = envelope.PayloadType, payloadSha256 = sha256 }));
        }
        else
        {
            session.Screen.Line($"{session.Screen.Symbols.Agrees} verified: the package is as the service signed it", "green");
            session.Screen.Line($"  key             {keyId}");
            session.Screen.Line($"  payload sha256  {sha256}");
        }

        return ExitCodes.Done;
    }

    private static async Task<ECDsa> KeyAsync(Session session)
    {
        var key = ECDsa.Create();
        try
        {
            key.ImportFromPem(await File.ReadAllTextAsync(session.Get(Key)!, session.CancellationToken));
            return key;
        }
        catch (Exception bad) when (bad is ArgumentException or CryptographicException)
        {
            key.Dispose();
            throw new UsageException("--key holds no EC key in PEM; -----BEGIN PUBLIC KEY----- is wanted");
        }
    }
}
