using ReleaseIntegrity.Hosting;
using ReleaseIntegrity.Messaging;
using ReleaseIntegrity.Reconciling;
using ReleaseIntegrity.Storage;

return await ServiceProgram.RunAsync(args, new ServiceParts
{
    Name = ReconcilerServices.Key,
    Summary = "The reconciler: folds observations into evidence, keeps the ledgers and prepares correction packages.",
    NeedsBroker = true,
    Migrations = ReconcilerServices.Migrations,
    Add = (builder, _) =>
    {
        builder.Services.AddReconciler(options =>
        {
            builder.Configuration.GetSection(ReconcilerOptions.Section).Bind(options);
            builder.Configuration.GetSection(StoreOptions.Section).Bind(options.Store);
        });
        builder.Services.AddBus(BusOptions.Of(builder.Configuration), bus => bus.AddReconcilerConsumers());
    },
    Map = app => app.MapReconciler(),
});
