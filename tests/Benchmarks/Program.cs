using BenchmarkDotNet.Running;
using ReleaseIntegrity.Benchmarks;

return args switch
{
    ["core"] => Core(),
    ["offline", .. string[] rest] => OfflineRun.Measure(rest),
    _ => Usage(),
};

static int Core()
{
    BenchmarkRunner.Run<CoreReconcile>();
    return 0;
}

static int Usage()
{
    Console.Error.WriteLine(
        """
        usage: dotnet run -c Release --project tests/Benchmarks -- COMMAND
          core                            reconcile per tuple: time, bytes allocated, with 10 to 10,000 superseded revisions
          offline ALLINONE.DLL [ITEMS]    offline reconcile of generated NDJSON (default 1,000,000 items) beside bare parsing
        """);
    return 2;
}
