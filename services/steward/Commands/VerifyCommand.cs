using System.CommandLine;
using System.Security.Cryptography;
using System.Text;
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
        PackageVerification verified;
        try
        {
            verified = PackageVerification.Of(
                await File.ReadAllTextAsync(session.Get(Envelope), session.CancellationToken),
                await File.ReadAllTextAsync(session.Get(Key)!, session.CancellationToken));
        }
        catch (ExportKeyException bad)
        {
            throw new UsageException("--key: " + bad.Message);
        }

        if (verified.Outcome != VerificationOutcome.Verified || verified.MaskedJson is not { } document)
        {
            throw new UsageException($"NOT VERIFIED: {Why(verified.Outcome)}", ExitCodes.NotIntact);
        }

        if (session.Get(Payload) is { } file)
        {
            await File.WriteAllTextAsync(file, document, session.CancellationToken);
        }

        string sha256 = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(document)));
        if (session.Json)
        {
            session.Screen.Raw(JsonSerializer.Serialize(new { verified = true, keyId = verified.KeyId, payloadType = PackageEnvelope.PayloadType, payloadSha256 = sha256 }));
        }
        else
        {
            session.Screen.Line($"{session.Screen.Symbols.Agrees} verified: the package is as the service signed it", "green");
            session.Screen.Line($"  key             {verified.KeyId}");
            session.Screen.Line($"  payload sha256  {sha256}");
        }

        return ExitCodes.Done;
    }

    private static string Why(VerificationOutcome outcome) => outcome switch
    {
        VerificationOutcome.NotAnEnvelope => "the file is no DSSE envelope",
        VerificationOutcome.OtherPayloadType => "what was signed is something else than a correction package",
        VerificationOutcome.OtherKey => "another key signed it than the one given",
        _ => "the package was changed after it was signed, or its signature was",
    };
}
