using ReleaseIntegrity.Messaging;
using ReleaseIntegrity.Reconciling;

WebApplicationBuilder builder = WebApplication.CreateBuilder(args);
builder.Services.AddReconciler(builder.Configuration.GetSection(ReconcilerOptions.Section).Bind);
builder.Services.AddEmbeddedBus(bus => bus.AddReconcilerConsumers());

WebApplication app = builder.Build();
app.MapReconciler();
app.MapReconcilerHealth();
app.Run();
