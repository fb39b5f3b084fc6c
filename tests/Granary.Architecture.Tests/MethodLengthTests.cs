using Granary.Architecture.Tests.CodeBases;
using Granary.Architecture.Tests.Rules;

namespace Granary.Architecture.Tests;

public sealed class MethodLengthTests(Repository repository)
{
    [Fact]
    public void No_method_has_more_than_60_lines() => repository.Enforce(new MethodLengthRule());

    [Fact]
    public void A_method_of_61_lines_is_found_without_its_attributes()
    {
        var code = CodeBase.Of(
            ("src/A.cs", "class A\n{\n    void Long()\n    {" + new string('\n', 59) + "    }\n}"),
            ("src/B.cs", "class B\n{\n[Fact]\n    void Long()\n    {" + new string('\n', 58) + "    }\n}"));

        new MethodLengthRule().PlacesIn(code).ShouldBe(["src/A.cs:3"]);
    }
}
