using Microsoft.AspNetCore.Server.Kestrel.Core;
using ReleaseIntegrity.Handoff;
using ReleaseIntegrity.Hosting;

return await ServiceProgram.RunAsync(args, new ServiceParts
{
    Name = "handoff",
    Summary = "The handoff: shows ledgers and correction packages to stewards and their tools, masked, over gRPC and JSON.",
    DefaultUrl = "http://127.0.0.1:7421",
    Add = (builder, addresses) =>
    {
        HandoffSettings settings = builder.Configuration.GetSection(HandoffSettings.Section).Get<HandoffSettings>() ?? new();
        var grpc = ListenAddress.Parse(settings.GrpcUrl);
        settings.RequireGuarded([.. addresses, grpc]);
        builder.WebHost.ConfigureKestrel(kestrel => grpc.Listen(kestrel, HttpProtocols.Http2));
        builder.Services.AddHandoff(new HandoffOptions { DatabasePath = "data/handoff.db", TokenKey = settings.ReadTokenKey() });
    },
    Map = app => app.MapHandoff(),
});
