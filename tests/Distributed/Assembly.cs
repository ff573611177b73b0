using System.Runtime.Versioning;
using Xunit.Sdk;
using Xunit.v3;

// Every test starts whole processes: one at a time leaves each the machine to itself.
[assembly: Parallelization(Mode = ParallelMode.None)]

// The broker that they start is Debian's.
[assembly: SupportedOSPlatform("linux")]
