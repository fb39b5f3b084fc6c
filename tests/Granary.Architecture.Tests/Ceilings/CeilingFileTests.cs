using Granary.Architecture.Tests.CodeBases;
using Granary.Architecture.Tests.Rules;

namespace Granary.Architecture.Tests.Ceilings;

public sealed class CeilingFileTests(Repository repository)
{
    private static readonly string LongLine = "//" + new string('x', 140) + "\n";
    private readonly LineLengthRule _rule = new();

    [Fact]
    public void Ceilings_name_only_rules_that_have_ceilings() =>
        repository.Ceilings.Rules.Except(repository.RulesWithCeilings.Select(rule => rule.Key)).ShouldBeEmpty();

    [Fact]
    public void A_file_at_its_ceiling_passes()
    {
        var code = CodeBase.Of(("src/A.cs", LongLine + LongLine));

        CeilingFile.Parse("line-length src/A.cs 2").Differences(_rule, code).ShouldBeEmpty();
    }

    [Fact]
    public void A_file_above_its_ceiling_fails_with_each_line_and_the_remedy()
    {
        var code = CodeBase.Of(("src/A.cs", LongLine + LongLine));

        var sentences = CeilingFile.Parse("line-length src/A.cs 1").Differences(_rule, code);

        sentences.Count.ShouldBe(3);
        sentences[0].ShouldStartWith("src/A.cs:1: ");
        sentences[1].ShouldStartWith("src/A.cs:2: ");
        sentences[2].ShouldContain("the ceiling is 1");
        sentences[2].ShouldContain(_rule.Remedy);
    }

    [Fact]
    public void A_file_without_a_ceiling_fails_at_its_first_violation()
    {
        var code = CodeBase.Of(("src/A.cs", LongLine));

        CeilingFile.Parse("line-length src/B.cs 1\nother src/A.cs 1").Differences(_rule, code)
            .ShouldContain(text => text.StartsWith("src/A.cs:1: "));
    }

    [Theory]
    [InlineData("src/A.cs")]
    [InlineData("src/Gone.cs")]
    public void A_ceiling_above_the_truth_fails_and_names_the_command_that_lowers_it(string file)
    {
        var code = CodeBase.Of(("src/A.cs", "//\n"));

        var sentence = CeilingFile.Parse($"line-length {file} 1").Differences(_rule, code).ShouldHaveSingleItem();

        sentence.ShouldContain(file);
        sentence.ShouldContain(CeilingFile.WriteVariable + "=1 dotnet exec");
    }

    [Fact]
    public void A_rewrite_lowers_ceilings_and_refuses_to_raise_the_total_of_a_rule()
    {
        var path = Path.Combine(Directory.CreateTempSubdirectory("granary-ceilings").FullName, "ceilings.txt");
        try
        {
            var two = CeilingFile.Count([_rule], CodeBase.Of(("src/A.cs", LongLine + LongLine)));
            var one = CeilingFile.Count([_rule], CodeBase.Of(("src/Moved.cs", LongLine)));
            Should.Throw<InvalidOperationException>(() => CeilingFile.Rewrite(path, two, mayRise: false))
                .Message.ShouldContain("rose from 0 to 2");

            CeilingFile.Rewrite(path, two, mayRise: true);
            CeilingFile.Rewrite(path, one, mayRise: false);

            File.ReadAllLines(path)[1..].ShouldBe(["line-length src/Moved.cs 1"]);
        }
        finally
        {
            Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
        }
    }

    [Theory]
    [InlineData("line-length src/A.cs")]
    [InlineData("line-length src/A.cs 0")]
    [InlineData("line-length src/A.cs 1\nline-length src/A.cs 1")]
    public void A_line_that_is_no_ceiling_is_refused(string text) =>
        Should.Throw<FormatException>(() => CeilingFile.Parse(text)).Message.ShouldStartWith(CeilingFile.RepositoryPath + ":");
}
