using ReleaseIntegrity.Tests.Architecture.Reading;

namespace ReleaseIntegrity.Tests.Architecture;

/// <summary>Contracts are shared by every service, so that anything they drag along would be shared too.</summary>
public sealed class Contracts_refer_to_nothing
{
    [Fact]
    public void The_contracts_refer_to_no_project_and_no_package()
    {
        // The API's messages and clients are made from its protos: those are a project of their own, which only its
        // service and its clients refer to.
        string[] projects =
        [
            .. Tree.Projects.Where(p => p.StartsWith("contracts/", StringComparison.Ordinal)
                && !p.StartsWith("contracts/protos/", StringComparison.Ordinal)),
        ];

        Assert.NotEmpty(projects);
        Rule.Holds(projects.SelectMany(p => References(ProjectFile.Read(p))));
    }

    [Fact]
    public void The_compiled_contracts_refer_to_the_framework_alone() =>
        Rule.Holds(Foreign(CompiledCode.Of("ReleaseIntegrity.Contracts")));

    [Fact]
    public void A_reference_that_is_seeded_is_seen()
    {
        ProjectFile seeded = ProjectFile.Parse("Contracts", """
            <Project>
              <ItemGroup>
                <ProjectReference Include="..\services\Storage\ReleaseIntegrity.Storage.csproj" />
                <PackageReference Include="MassTransit" />
              </ItemGroup>
            </Project>
            """);

        Assert.Equal(["ReleaseIntegrity.Storage", "MassTransit"], References(seeded));
        Assert.Contains("MassTransit.Abstractions", Foreign(CompiledCode.Seeded()));
    }

    private static IEnumerable<string> References(ProjectFile project) =>
        [.. project.Projects, .. project.Packages.Select(p => p.Name)];

    private static IEnumerable<string> Foreign(CompiledCode code) =>
        code.References.Where(r => !r.StartsWith("System.", StringComparison.Ordinal));
}
