using System.CommandLine;
using ReleaseIntegrity.Simulation.Deterministic;

Option<ulong> from = new("--from") { Description = "The first seed.", DefaultValueFactory = _ => 1 };
Option<int> seeds = new("--seeds") { Description = "How many seeds.", DefaultValueFactory = _ => 10_000 };
Option<int> threads = new("--threads") { Description = "Seeds at once.", DefaultValueFactory = _ => Environment.ProcessorCount };
Option<int> failures = new("--failures") { Description = "Stop after so many failing seeds.", DefaultValueFactory = _ => 1 };
Option<double> minutes = new("--minutes") { Description = "Stop after so many minutes.", DefaultValueFactory = _ => double.PositiveInfinity };
Option<bool> noShrink = new("--no-shrink") { Description = "Print failing seeds as they are." };
Command run = new("run", "Runs seeds; a failing one is shrunk and printed with the command that replays it.") { from, seeds, threads, failures, minutes, noShrink };
run.SetAction(result => SeedRun.Run(new SeedRun.Request(
    result.GetValue(from), result.GetValue(seeds), result.GetValue(threads), result.GetValue(failures), !result.GetValue(noShrink),
    result.GetValue(minutes))));

Argument<string> text = new("case") { Description = "SEED[:d=1.4.7][:f=0.2][:a=1][:c=35], as a failing run prints it." };
Option<bool> quiet = new("--quiet") { Description = "Only what came of it." };
Option<bool> shrink = new("--shrink") { Description = "Make it smaller first." };
Command replay = new("replay", "Runs one case, and prints everything that happens in it.") { text, quiet, shrink };
replay.SetAction(result => SeedRun.Replay(result.GetValue(text)!, result.GetValue(quiet), result.GetValue(shrink)));

return new RootCommand("Deterministic simulation of collectors, reconciler and handoff.") { run, replay }.Parse(args).Invoke();
