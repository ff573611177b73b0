using System.Runtime.Versioning;

// The broker that is started is Debian's.
[assembly: SupportedOSPlatform("linux")]
