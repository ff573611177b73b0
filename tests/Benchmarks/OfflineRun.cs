using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace ReleaseIntegrity.Benchmarks;

/// <summary>
/// Offline <c>reconcile</c> of generated NDJSON as a process of its own, beside what any reader must do with the same
/// file in the same run: read every line and parse it.
/// </summary>
internal static class OfflineRun
{
    private const int ItemsPerRelease = 5;

    internal static int Measure(string[] args)
    {
        if (args.Length is 0 or > 2)
        {
            Console.Error.WriteLine("usage: offline ALLINONE.DLL [ITEMS]");
            return 2;
        }

        int items = args.Length == 2 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 1_000_000;
        string folder = Directory.CreateTempSubdirectory("reconcile-benchmark-").FullName;
        try
        {
            string input = Path.Combine(folder, "items.ndjson");
            Generate(input, items);
            double parse = Seconds(() => ParseLines(input));
            (double seconds, long peak, int exit) = Reconcile(args[0], input, Path.Combine(folder, "out"));
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"""
                items              {items:N0} ({new FileInfo(input).Length / 1048576:N0} MiB)
                ceiling, parse     {items / parse:N0} items/s
                reconcile          {items / seconds:N0} items/s, exit {exit}
                ratio              {parse / seconds:F3}
                peak memory        {peak / 1048576:N0} MiB
                """));
            return exit;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Five items a release: two pushes (the second supersedes), a tagged CloudEvents entry, a change, a container.</summary>
    private static void Generate(string path, int items)
    {
        using var writer = new StreamWriter(path, append: false, new UTF8Encoding(false), 1 << 20);
        var start = new DateTimeOffset(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);
        for (int i = 0; i < items; i++)
        {
            int release = i / ItemsPerRelease;
            DateTimeOffset time = start.AddSeconds(release);
            writer.WriteLine(Line(i % ItemsPerRelease, release, time));
        }
    }

    private static string Line(int kind, int release, DateTimeOffset time)
    {
        string digest = $"sha256:{release:x64}";
        string old = $"sha256:f{release:x63}";
        string at = time.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        string received = time.AddSeconds(5).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        string repository = $"team{release % 97}/service{release % 1009}";
        string image = $"registry.example.com/{repository}:r{release}";
        string early = time.AddMinutes(-10).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        string changed = time.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
        string body = kind switch
        {
            0 => Push(old, early, repository, release, 0),
            1 => Push(digest, at, repository, release, 1),
            2 => $$$$"""{"specversion":"1.0","id":"l{{{{release}}}}","source":"/ledger","type":"dev.releaseintegrity.signature-ledger.observed.v1","time":"{{{{at}}}}","data":{"instance":"log-1","subjects":[{"image":"{{{{image}}}}","digest":"{{{{digest}}}}"}],"fields":{"signature-envelope-id":["dsse-sha256:{{{{release:x64}}}}"],"signer-key-id":"kms-prod-sign-09","certificate-fingerprint":"{{{{release:x64}}}}","ledger-write-time":"{{{{at}}}}"}}}""",
            3 => $$$"""{"result":{"sys_id":"{{{release:x32}}}","number":"CHG{{{release:d7}}}","sys_mod_count":"3","sys_updated_on":"{{{changed}}}","state":"-1","approval":"approved","u_release_train":"r{{{release}}}","u_artifact_image":"{{{image}}}","u_artifact_digest":"{{{digest}}}","u_certificate_fingerprint":"{{{release:x64}}}","u_approved_at":"{{{changed}}}"}}""",
            _ => $$$$"""{"apiVersion":"v1","kind":"Pod","metadata":{"name":"p{{{{release}}}}","uid":"{{{{release:x32}}}}","resourceVersion":"{{{{release + 1}}}}"},"spec":{"containers":[{"name":"app","image":"{{{{image}}}}"}]},"status":{"phase":"Running","containerStatuses":[{"name":"app","image":"{{{{image}}}}","imageID":"registry.example.com/{{{{repository}}}}@{{{{digest}}}}","state":{"running":{"startedAt":"{{{{at}}}}"}}}]}}""",
        };
        string format = kind switch { 0 or 1 => "distribution", 2 => "signature-ledger/cloudevents", 3 => "servicenow", _ => "k8s-pod" };
        return $$$"""{"format":"{{{format}}}","receivedAt":"{{{received}}}","body":{{{body}}}}""";
    }

    private static string Push(string digest, string at, string repository, int release, int serial) =>
        $$$"""{"events":[{"id":"{{{release}}}-{{{serial}}}","timestamp":"{{{at}}}","action":"push","target":{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"{{{digest}}}","repository":"{{{repository}}}","tag":"r{{{release}}}"},"request":{"host":"registry.example.com"}}]}""";

    private static void ParseLines(string path)
    {
        foreach (string line in File.ReadLines(path))
        {
            using var document = JsonDocument.Parse(line);
        }
    }

    private static double Seconds(Action action)
    {
        var watch = Stopwatch.StartNew();
        action();
        return watch.Elapsed.TotalSeconds;
    }

    private static (double Seconds, long PeakBytes, int Exit) Reconcile(string allInOne, string input, string output)
    {
        var watch = Stopwatch.StartNew();
        using Process process = Process.Start(new ProcessStartInfo("dotnet", [allInOne, "reconcile", input, "--out", output]))!;
        long peak = 0;
        while (!process.WaitForExit(200))
        {
            process.Refresh();
            peak = Math.Max(peak, process.PeakWorkingSet64);
        }

        return (watch.Elapsed.TotalSeconds, peak, process.ExitCode);
    }
}
