using Granary.Architecture.Tests.CodeBases;
using Granary.Architecture.Tests.Rules;

namespace Granary.Architecture.Tests;

public sealed class TypeNameTests(Repository repository)
{
    [Fact]
    public void A_type_name_in_src_means_one_type() => repository.Enforce(new TypeNameRule());

    [Fact]
    public void The_second_type_of_a_name_is_found()
    {
        var code = CodeBase.Of(
            ("src/P/One/A.cs", "namespace P.One;\nclass A;\nclass A<T>;\npartial class B;"),
            ("src/P/One/B.cs", "namespace P.One;\npartial class B;"),
            ("src/P/Two/A.cs", "namespace P.Two;\nclass A;"));

        new TypeNameRule().PlacesIn(code).ShouldBe(["src/P/Two/A.cs:2"]);
    }
}
