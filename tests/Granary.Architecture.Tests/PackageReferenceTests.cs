using Granary.Architecture.Tests.CodeBases;
using Granary.Architecture.Tests.Rules;

namespace Granary.Architecture.Tests;

public sealed class PackageReferenceTests(Repository repository)
{
    [Fact]
    public void A_project_uses_each_package_that_it_references() => repository.Enforce(new PackageReferenceRule());

    [Fact]
    public void A_package_that_no_source_uses_is_found()
    {
        var code = CodeBase.Of(
            ("src/P/P.csproj",
                "<Project>\n<PackageReference Include=\"Npgsql\" />\n<PackageReference Include=\"Polly.Core\" />\n</Project>"),
            ("src/P/A.cs", "using Polly;\nclass A;"),
            ("tests/P.Tests/B.cs", "using Npgsql;\nclass B;"));

        new PackageReferenceRule().PlacesIn(code).ShouldBe(["src/P/P.csproj:2"]);
    }

    [Fact]
    public void A_package_version_without_a_reference_is_found()
    {
        var code = CodeBase.Of(
            ("Directory.Packages.props", "<Project>\n<PackageVersion Include=\"Dapper\" Version=\"2.1\" />\n</Project>"));

        new PackageReferenceRule().PlacesIn(code).ShouldBe(["Directory.Packages.props:2"]);
    }

    [Fact]
    public void A_linked_source_counts_as_a_source_of_the_project()
    {
        var code = CodeBase.Of(
            ("tests/P/P.csproj",
                "<Project><PackageReference Include=\"Npgsql\" /><Compile Include=\"$(RootDir)tests/Shared/*.cs\" /></Project>"),
            ("tests/Shared/A.cs", "class A { Npgsql.NpgsqlConnection _c; }"));

        new PackageReferenceRule().Find(code).ShouldBeEmpty();
    }
}
