using Granary.Architecture.Tests.CodeBases;
using Granary.Architecture.Tests.Rules;

namespace Granary.Architecture.Tests;

public sealed class PartialTypeTests(Repository repository)
{
    [Fact]
    public void No_type_is_partial_but_for_source_generators_and_the_book_of_a_strategy() => repository.Enforce(new PartialTypeRule());

    [Fact]
    public void A_partial_type_without_a_generator_is_found()
    {
        var code = CodeBase.Of(
            ("src/A.cs", "partial class A\n{\n}"),
            ("src/B.cs", "partial class B\n{\n    [GeneratedRegex(\"x\")]\n    static partial Regex X();\n}"),
            ("src/C.cs", "[JsonSerializable(typeof(int))]\npartial class C : JsonSerializerContext;"),
            ("src/StrategyBook.Orders.cs", "partial class StrategyBook;"),
            ("src/Orders.cs", "partial class StrategyBook;"));

        new PartialTypeRule().PlacesIn(code).ShouldBe(["src/A.cs:1", "src/Orders.cs:1"]);
    }
}
