using ReleaseIntegrity.Storage;
using ReleaseIntegrity.Tests.Servers;

namespace ReleaseIntegrity.Tests.Reconciler;

/// <summary>A schema of a SQL Server database of its own.</summary>
public sealed class SqlServerUnderTest : EngineUnderTest
{
    private SqlServerDatabase? _database;

    protected override async Task<IStore> OpenAsync()
    {
        _database ??= await SqlServers.CreateAsync("reconciler");
        return await _database.OpenAsync(Migrations);
    }

    protected override async Task DropAsync()
    {
        if (_database is not null)
        {
            await _database.DisposeAsync();
        }
    }
}

public sealed class SqlServer_evidence_store : EvidenceStoreContract<SqlServerUnderTest>;

public sealed class SqlServer_evidence_equivalence : EvidenceEquivalence<SqlServerUnderTest>;

public sealed class SqlServer_saga_repository : SagaRepositoryContract<SqlServerUnderTest>;

public sealed class SqlServer_binding_race : BindingRaceContract<SqlServerUnderTest>;

public sealed class SqlServer_fold_stress : FoldStressContract<SqlServerUnderTest>;
