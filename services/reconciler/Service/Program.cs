using ReleaseIntegrity.Messaging;
using ReleaseIntegrity.Reconciling;

WebApplicationBuilder builder = WebApplication.CreateBuilder(args);
builder.Services.AddReconciler(builder.Configuration.GetSection(ReconcilerOptions.Section).Bind);
builder.Services.AddBus(
    builder.Configuration.GetSection(BusOptions.Section).Get<BusOptions>() ?? new BusOptions(), bus => bus.AddReconcilerConsumers());

WebApplication app = builder.Build();
app.MapReconciler();
app.MapReconcilerHealth();
app.Run();
