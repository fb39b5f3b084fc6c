using Granary.Architecture.Tests.CodeBases;
using Granary.Architecture.Tests.Rules;

namespace Granary.Architecture.Tests;

public sealed class NamespaceFolderTests(Repository repository)
{
    [Fact]
    public void A_namespace_is_its_project_and_its_folders() => repository.Enforce(new NamespaceFolderRule());

    [Fact]
    public void A_namespace_that_differs_from_the_folder_is_found()
    {
        var code = CodeBase.Of(
            ("src/P/P.csproj", "<Project><PropertyGroup><RootNamespace>Root</RootNamespace></PropertyGroup></Project>"),
            ("src/P/A.cs", "namespace Root;\nclass A;"),
            ("src/P/One/B.cs", "namespace Root.One;\nclass B;"),
            ("src/P/One/C.cs", "namespace P.One;\nclass C;"));

        new NamespaceFolderRule().PlacesIn(code).ShouldBe(["src/P/One/C.cs:1"]);
    }
}
