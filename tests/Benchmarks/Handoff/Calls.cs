using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using ReleaseIntegrity.Handoff.V1;

namespace ReleaseIntegrity.Benchmarks.Handoff;

/// <summary>The calls that are measured; nothing of an answer is parsed.</summary>
internal sealed class Calls(GrpcChannel handoff, GrpcChannel echo, string token)
{
    private const string Service = "releaseintegrity.handoff.v1.HandoffService";
    private const int PageSize = 50;
    private const int LargestPage = 200;

    /// <summary>About as long as a request that names a package.</summary>
    private const int EchoRequest = 64;

    private static readonly Method<byte[], byte[]> Get = new(MethodType.Unary, Service, "GetCorrectionPackage", Echo.Raw, Echo.Raw);
    private static readonly Method<byte[], byte[]> List = new(MethodType.Unary, Service, "ListCorrectionPackages", Echo.Raw, Echo.Raw);

    private readonly CallInvoker _handoff = handoff.CreateCallInvoker();
    private readonly CallInvoker _echo = echo.CreateCallInvoker();
    private readonly CallOptions _options = new(new Metadata { { "authorization", $"Bearer {token}" } });

    /// <summary>A package, whole; the bytes of the answer.</summary>
    public async Task<int> GetAsync(string name) =>
        (await _handoff.AsyncUnaryCall(Get, null, _options, new GetCorrectionPackageRequest { Name = name }.ToByteArray())).Length;

    /// <summary>The first page of a train, of all where none is named; the bytes of the answer.</summary>
    public async Task<int> ListAsync(string train) => (await _handoff.AsyncUnaryCall(
        List, null, _options, new ListCorrectionPackagesRequest { Parent = "tuples/-", PageSize = PageSize, ReleaseTrain = train }.ToByteArray())).Length;

    /// <summary>An answer of so many bytes.</summary>
    public async Task<int> EchoAsync(int bytes) => (await _echo.AsyncUnaryCall(Echo.Method, null, _options, Echo.Request(bytes, EchoRequest))).Length;

    /// <summary>Names of the newest packages.</summary>
    public async Task<string[]> NewestAsync(int count)
    {
        var names = new List<string>();
        string page = "";
        do
        {
            byte[] answer = await _handoff.AsyncUnaryCall(
                List, null, _options, new ListCorrectionPackagesRequest { Parent = "tuples/-", PageSize = LargestPage, PageToken = page }.ToByteArray());
            ListCorrectionPackagesResponse response = ListCorrectionPackagesResponse.Parser.ParseFrom(answer);
            names.AddRange(response.Packages.Select(p => p.Name));
            page = response.NextPageToken;
        }
        while (page.Length > 0 && names.Count < count);

        return [.. names.Take(count)];
    }
}
