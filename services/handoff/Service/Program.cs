using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using ReleaseIntegrity.Handoff;
using ReleaseIntegrity.Handoff.Access;
using ReleaseIntegrity.Handoff.Examining;
using ReleaseIntegrity.Hosting;
using ReleaseIntegrity.Hosting.Doctor;
using ReleaseIntegrity.Messaging;
using ReleaseIntegrity.Storage;

return await ServiceProgram.RunAsync(args, new ServiceParts
{
    Name = HandoffHosting.Key,
    Summary = "The handoff: shows ledgers and correction packages to stewards and their tools, masked, over gRPC and JSON.",
    DefaultUrl = "http://127.0.0.1:7421",
    Migrations = HandoffHosting.Migrations,
    Add = (builder, _) =>
    {
        HandoffSettings settings = builder.Configuration.GetSection(HandoffSettings.Section).Get<HandoffSettings>() ?? new();
        var grpc = ListenAddress.Parse(settings.GrpcUrl);
        X509Certificate2? certificate = ServerCertificate.For([grpc], builder.Configuration);
        builder.WebHost.ConfigureKestrel(kestrel => grpc.Listen(kestrel, HttpProtocols.Http2, certificate: certificate));
        var store = StoreOptions.Of(HandoffHosting.Key);
        builder.Configuration.GetSection(StoreOptions.Section).Bind(store);
        AccessOptions access = settings.ReadAccess();
        builder.Services.AddHandoff(settings.ReadOptions(store, settings.ReadTokenKey(), access, settings.ReadExportKey()));
        builder.Services.AddSingleton<IExamination>(new KeyFileExamination("token key", settings.TokenKeyFile, "it doesn't start without one"));
        builder.Services.AddSingleton<IExamination>(new KeyFileExamination("signing key", settings.SigningKeyFile, "others issue what callers show"));
        builder.Services.AddSingleton<IExamination>(new KeyFileExamination("export key", settings.ExportKeyFile, "no package can be exported"));
        builder.Services.AddSingleton<IExamination>(new AccessExamination(access, settings.TwoPersonFields, TimeProvider.System));
        builder.Services.AddSingleton<IExamination>(new AuditExamination(store));
        builder.Services.AddBus(BusOptions.Of(builder.Configuration), bus => bus.AddHandoffConsumers());
    },
    Map = app => app.MapHandoff(),
});
