using ReleaseIntegrity.AllInOne.Hosting;
using Spectre.Console;

namespace ReleaseIntegrity.AllInOne.Demo;

/// <summary>What to try next, with the ports as they are.</summary>
internal static class NextSteps
{
    private const string Service = "releaseintegrity.handoff.v1.HandoffService";

    /// <summary>Prints it.</summary>
    public static void Print(IAnsiConsole console, ServiceHost host, bool serving)
    {
        console.WriteLine();
        console.Write(new Rule("What to try next") { Justification = Justify.Left });
        if (!serving)
        {
            console.WriteLine("  demo                         the same, and it goes on serving");
            console.WriteLine("  serve --data DIR             the real thing");
            console.WriteLine("  reconcile INPUT --out DIR    the same rules over files");
            return;
        }

        // Written as it is: a command that was wrapped can't be pasted.
        TextWriter output = console.Profile.Out.Writer;
        output.WriteLine($"""
              TOKEN=$(cat {host.TokenFile})
              curl -s -H "authorization: Bearer $TOKEN" {host.Http[0]}v1/tuples/-/packages
              curl -s -H "authorization: Bearer $TOKEN" {host.Http[0]}v1/tuples/-/holds?root_only=true
              curl -s {host.Http[0]}artifact-registry/items
              curl -i {host.Http[0]}notifications/distribution --data-binary @services/AllInOne/Demo/Scenario/{DemoScenario.Records[0].File}
              grpcurl -plaintext {host.Grpc.Authority} list
              grpcurl -plaintext -H "authorization: Bearer $TOKEN" {host.Grpc.Authority} {Service}/ListLedgers
              grpcurl -plaintext -H "authorization: Bearer $TOKEN" -d '{"{"}"parent":"tuples/-"{"}"}' {host.Grpc.Authority} {Service}/WatchCorrectionPackages
              serving until Ctrl+C; the data folder goes with it
            """);
    }
}
