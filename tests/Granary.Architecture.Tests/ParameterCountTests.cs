using Granary.Architecture.Tests.CodeBases;
using Granary.Architecture.Tests.Rules;

namespace Granary.Architecture.Tests;

public sealed class ParameterCountTests(Repository repository)
{
    [Fact]
    public void Nothing_takes_more_than_7_parameters() => repository.Enforce(new ParameterCountRule());

    [Fact]
    public void Eight_parameters_are_found_except_in_a_record()
    {
        var code = CodeBase.Of(
            ("src/A.cs",
                "record R(int a, int b, int c, int d, int e, int f, int g, int h);\nclass A\n{\n"
                + "    void M(int a, int b, int c, int d, int e, int f, int g, int h) { }\n}"),
            ("src/B.cs",
                "class B(int a, int b, int c, int d, int e, int f, int g, int h)\n{\n"
                + "    void M(int a, int b, int c, int d, int e, int f, int g) { }\n}"));

        new ParameterCountRule().PlacesIn(code).ShouldBe(["src/A.cs:4", "src/B.cs:1"]);
    }

    [Fact]
    public void The_user_parameters_of_a_factor_a_strategy_and_a_trainer_are_not_counted()
    {
        const string Eight = "(int a, int b, int c, int d, int e, int f, int g, int h)";
        var code = CodeBase.Of(
            ("src/A.cs", $"[Trainer(\"a\")] class A{Eight};"),
            ("src/B.cs", $"[Strategy(\"b\")] class B {{ public B{Eight} {{ }} }}"),
            ("src/C.cs", $"[Factor(\"c\")] class C\n{{\nvoid M{Eight} {{ }}\n}}"));

        new ParameterCountRule().PlacesIn(code).ShouldBe(["src/C.cs:3"]);
    }
}
