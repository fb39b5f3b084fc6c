using Granary.Architecture.Tests.CodeBases;
using Granary.Architecture.Tests.Rules;

namespace Granary.Architecture.Tests;

public sealed class FileNameTests(Repository repository)
{
    [Fact]
    public void A_file_has_the_name_of_a_type_that_it_declares() => repository.Enforce(new FileNameRule());

    [Fact]
    public void A_file_named_after_none_of_its_types_is_found()
    {
        var code = CodeBase.Of(
            ("src/P/A.cs", "class A;\nclass Other;"),
            ("src/P/AssemblyInfo.cs", "[assembly: X]"),
            ("src/P/Helpers.cs", "class B;"));

        new FileNameRule().PlacesIn(code).ShouldBe(["src/P/Helpers.cs:1"]);
    }
}
