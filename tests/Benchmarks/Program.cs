using BenchmarkDotNet.Running;
using ReleaseIntegrity.Benchmarks;
using ReleaseIntegrity.Benchmarks.Handoff;
using ReleaseIntegrity.Benchmarks.Pipeline;

return args switch
{
    ["core"] => Core(),
    ["fold", .. string[] rest] => await FoldRun.MeasureAsync(rest),
    ["handoff", .. string[] rest] => await HandoffRun.MeasureAsync(rest),
    ["formats", .. string[] rest] => FormatsRun.Measure(rest),
    ["offline", .. string[] rest] => OfflineRun.Measure(rest),
    ["pipeline", .. string[] rest] => await PipelineRun.MeasureAsync(rest),
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
          fold [BATCH [TUPLES…]]          folding into a SQLite file (batches of 100; 1,000 and 50,000 tuples stored): CPU, allocation, statements
          formats SAMPLES TABLES          normalising per format on one core beside bare parsing: MB/s, bytes allocated
          handoff [PACKAGES [WATCHERS [FOLDER]]]
                                          Get and List over a store of 100,000 packages beside a bare gRPC echo of the same sizes: calls/s, latency, CPU
                                          (with a folder the store is kept, and filled up the next time)
          offline ALLINONE.DLL [ITEMS]    offline reconcile of generated NDJSON (default 1,000,000 items) beside bare parsing
          pipeline [ITEMS [FEW [MANY [SECONDS]]]]
                                          notifications over HTTP to ledgers, every service a process, on a RabbitMQ of its own: throughput beside
                                          bare MassTransit, latency, CPU, memory, bytes on the wire, with few and many tuples stored
                                          (default 40,000 items, 1,000 and 200,000 tuples, 60 s at half load)
        """);
    return 2;
}
