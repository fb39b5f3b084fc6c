using Granary.Architecture.Tests.CodeBases;
using Granary.Architecture.Tests.Rules;

namespace Granary.Architecture.Tests;

public sealed class TestClassNameTests(Repository repository)
{
    [Fact]
    public void A_class_that_declares_tests_has_a_name_that_ends_in_Tests() => repository.Enforce(new TestClassNameRule());

    [Fact]
    public void A_test_class_of_another_name_is_found()
    {
        var code = CodeBase.Of(
            ("tests/P/A.cs", "class ATests { [Fact] void M() { } }\nclass A { [SharedTheory(1)] void M() { } }"));

        new TestClassNameRule().PlacesIn(code).ShouldBe(["tests/P/A.cs:2"]);
    }
}
