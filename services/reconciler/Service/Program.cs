using ReleaseIntegrity.Hosting;
using ReleaseIntegrity.Messaging;
using ReleaseIntegrity.Reconciling;

return await ServiceProgram.RunAsync(args, new ServiceParts
{
    Name = ReconcilerServices.Key,
    Summary = "The reconciler: folds observations into evidence, keeps the ledgers and prepares correction packages.",
    Add = (builder, _) =>
    {
        builder.Services.AddReconciler(builder.Configuration.GetSection(ReconcilerOptions.Section).Bind);
        builder.Services.AddEmbeddedBus(bus => bus.AddReconcilerConsumers());
    },
    Map = app => app.MapReconciler(),
});
