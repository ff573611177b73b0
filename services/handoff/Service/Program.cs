using Microsoft.AspNetCore.Server.Kestrel.Core;
using ReleaseIntegrity.Handoff;
using ReleaseIntegrity.Masking;
using ReleaseIntegrity.Messaging;

WebApplicationBuilder builder = WebApplication.CreateBuilder(args);
builder.Services.AddHandoff(new HandoffOptions
{
    DatabasePath = Required("Handoff:DatabasePath"),
    TokenKey = TokenKey.Read(Required("Handoff:TokenKeyFile")),
});
builder.Services.AddBus(
    builder.Configuration.GetSection(BusOptions.Section).Get<BusOptions>() ?? new BusOptions(), bus => bus.AddHandoffConsumers());

builder.WebHost.ConfigureKestrel(kestrel =>
{
    if (!builder.Configuration.GetSection("Kestrel:Endpoints").Exists())
    {
        // Without TLS one port can't speak both.
        kestrel.ListenLocalhost(7420, grpc => grpc.Protocols = HttpProtocols.Http2);
        kestrel.ListenLocalhost(7421, json => json.Protocols = HttpProtocols.Http1);
    }
});

WebApplication app = builder.Build();
app.MapHandoff();
await app.RunAsync();

string Required(string name) =>
    builder.Configuration[name] ?? throw new InvalidOperationException($"{name} is not configured; services/handoff/README.md lists what has to be");
