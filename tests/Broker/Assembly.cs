using System.Runtime.Versioning;
using ReleaseIntegrity.Tests.Broker;
using Xunit.Sdk;
using Xunit.v3;

// One node for all of them, which some stop and block.
[assembly: Parallelization(Mode = ParallelMode.None)]
[assembly: AssemblyFixture(typeof(OneNode))]
[assembly: SupportedOSPlatform("linux")]
