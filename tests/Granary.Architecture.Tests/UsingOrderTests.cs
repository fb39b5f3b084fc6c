using Granary.Architecture.Tests.CodeBases;
using Granary.Architecture.Tests.Rules;

namespace Granary.Architecture.Tests;

public sealed class UsingOrderTests(Repository repository)
{
    [Fact]
    public void Using_directives_are_sorted() => repository.Enforce(new UsingOrderRule());

    [Theory]
    [InlineData("using B;\nusing A;")]
    [InlineData("using Alpha;\nusing System;")]
    [InlineData("using A.B.C;\nusing A.B;")]
    [InlineData("using static System.Math;\nusing System;")]
    [InlineData("using X = System.Int32;\nusing A;")]
    public void A_directive_out_of_order_is_found(string text) =>
        new UsingOrderRule().PlacesIn(CodeBase.Of(("src/A.cs", text))).ShouldBe(["src/A.cs:2"]);

    [Fact]
    public void Sorted_directives_pass()
    {
        const string sorted = "using System;\nusing System.Text;\nusing A;\nusing A.B;\nusing static System.Math;\nusing X = System.Int32;";

        new UsingOrderRule().PlacesIn(CodeBase.Of(("src/A.cs", sorted))).ShouldBeEmpty();
    }
}
