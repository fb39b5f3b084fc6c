using Granary.Architecture.Tests.CodeBases;
using Granary.Architecture.Tests.Rules;

namespace Granary.Architecture.Tests;

public sealed class FileLengthTests(Repository repository)
{
    [Fact]
    public void No_file_has_more_than_400_lines() => repository.Enforce(new FileLengthRule());

    [Fact]
    public void A_file_of_401_lines_is_found()
    {
        var code = CodeBase.Of(
            ("src/A.cs", string.Concat(Enumerable.Repeat("//\n", 401))),
            ("src/B.cs", string.Concat(Enumerable.Repeat("//\n", 400))));

        new FileLengthRule().PlacesIn(code).ShouldBe(["src/A.cs:401"]);
    }
}
