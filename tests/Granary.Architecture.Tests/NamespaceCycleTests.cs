using Granary.Architecture.Tests.CodeBases;
using Granary.Architecture.Tests.Rules;

namespace Granary.Architecture.Tests;

public sealed class NamespaceCycleTests(Repository repository)
{
    [Fact]
    public void Namespaces_form_no_cycle() => repository.Enforce(new NamespaceCycleRule());

    [Fact]
    public void Two_namespaces_that_use_each_other_are_found()
    {
        var code = CodeBase.Of(
            ("src/P/A.cs", "using P.Two;\nnamespace P.One;\nclass A;"),
            ("src/P/B.cs", "using P.One;\nnamespace P.Two;\nclass B;"),
            ("src/P/C.cs", "using P.One;\nnamespace P.Three;\nclass C;"));

        new NamespaceCycleRule().PlacesIn(code).ShouldBe(["src/P/A.cs:1", "src/P/B.cs:1"]);
    }

    [Fact]
    public void A_parent_that_uses_its_child_which_names_a_type_of_the_parent_is_found()
    {
        var code = CodeBase.Of(
            ("src/P/A.cs", "using P.One;\nnamespace P;\nclass A;"),
            ("src/P/One/B.cs", "namespace P.One;\nclass B\n{\n    A _a;\n}"));

        new NamespaceCycleRule().PlacesIn(code).ShouldBe(["src/P/A.cs:1", "src/P/One/B.cs:4"]);
    }

    [Fact]
    public void Full_names_and_aliases_count_as_uses()
    {
        var code = CodeBase.Of(
            ("src/P/A.cs", "using B = P.Two.B;\nnamespace P.One;\nclass A;"),
            ("src/P/B.cs", "namespace P.Two;\nclass B\n{\n    P.One.A _a;\n}"));

        new NamespaceCycleRule().PlacesIn(code).ShouldBe(["src/P/A.cs:1", "src/P/B.cs:4"]);
    }
}
