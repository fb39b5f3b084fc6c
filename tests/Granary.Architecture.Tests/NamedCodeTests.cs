using Granary.Architecture.Tests.CodeBases;
using Granary.Architecture.Tests.Rules;

namespace Granary.Architecture.Tests;

public sealed class NamedCodeTests(Repository repository)
{
    [Fact]
    public void The_page_of_the_architecture_names_code_that_exists() => repository.Enforce(new NamedCodeRule());

    [Theory]
    [InlineData("a row | `A.Run` and `Stop`, `.Stop`; `P/One`; `A.cs`; `prod.json`", true)]
    [InlineData("a row | `B`", false)]
    [InlineData("a row | `A.Walk`", false)]
    [InlineData("a row | `Stop`", false)]
    [InlineData("a row | `B.cs`", false)]
    [InlineData("a row | `P/Two`", false)]
    public void A_name_without_code_is_found(string row, bool exists)
    {
        var code = CodeBase.Of(
            ("src/P/One/A.cs", "namespace P.One;\nclass A\n{\n    void Run() { }\n    int Stop { get; }\n}"),
            ("docs/architecture.md", $"`C`\n## Where is it?\n{row}"));

        new NamedCodeRule().PlacesIn(code).ShouldBe(exists ? [] : ["docs/architecture.md:3"]);
    }
}
