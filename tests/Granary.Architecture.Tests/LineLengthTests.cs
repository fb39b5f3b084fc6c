using Granary.Architecture.Tests.CodeBases;
using Granary.Architecture.Tests.Rules;

namespace Granary.Architecture.Tests;

public sealed class LineLengthTests(Repository repository)
{
    [Fact]
    public void No_line_has_more_than_140_characters() => repository.Enforce(new LineLengthRule());

    [Fact]
    public void A_line_of_141_characters_is_found()
    {
        var code = CodeBase.Of(
            ("src/A.cs", "//\n//" + new string('x', 139) + "\n//" + new string('x', 138)));

        new LineLengthRule().PlacesIn(code).ShouldBe(["src/A.cs:2"]);
    }

    [Fact]
    public void A_string_literal_may_run_over_the_limit_and_code_and_comments_may_not()
    {
        var code = CodeBase.Of(
            ("src/A.cs", $"a = \"{new string('x', 150)}\";\n// \"{new string('x', 150)}\"\na = \"\" + {new string('x', 150)};"));

        new LineLengthRule().PlacesIn(code).ShouldBe(["src/A.cs:2", "src/A.cs:3"]);
    }
}
