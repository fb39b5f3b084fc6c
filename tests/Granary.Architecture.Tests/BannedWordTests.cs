using Granary.Architecture.Tests.CodeBases;
using Granary.Architecture.Tests.Rules;

namespace Granary.Architecture.Tests;

public sealed class BannedWordTests(Repository repository)
{
    [Fact]
    public void No_name_and_no_text_holds_a_banned_word() => repository.Enforce(new BannedWordRule(repository.BannedWords));

    [Fact]
    public void Each_banned_word_is_found_in_its_example()
    {
        repository.BannedWords.Count.ShouldBeGreaterThan(40);
        foreach (var word in repository.BannedWords)
        {
            word.Pattern.IsMatch(BannedWordRule.WordsOf(word.Example))
                .ShouldBeTrue($"{BannedWordRule.WordsFile}: {word.Pattern} / {word.Example}");
        }
    }

    [Theory]
    [InlineData("all", "class FooBar;", 1)]
    [InlineData("names", "class Bar { int _fooBar; }", 1)]
    [InlineData("names", "class Bar { void M(int foo) { } }", 1)]
    [InlineData("names", "class Bar { void A_foo_is_found() { } }", 1)]
    [InlineData("names", "namespace Foo;", 1)]
    [InlineData("names", "// foo", 0)]
    [InlineData("names", "class Food;", 0)]
    [InlineData("text", "class Foo;", 0)]
    [InlineData("text", "// a foo", 1)]
    [InlineData("text", "/// <summary>A foo.</summary>\nclass Bar;", 1)]
    [InlineData("text", "class Bar { string _s = \"a foo\"; }", 1)]
    [InlineData("text", "class Bar { string _s = $\"{1} foo\"; }", 1)]
    public void A_banned_word_is_found_in_its_scope(string scope, string text, int count)
    {
        var rule = new BannedWordRule(BannedWord.Parse($"{scope} | foo | bar | a foo"));

        rule.Find(CodeBase.Of(("src/A.cs", text))).Count().ShouldBe(count);
    }

    [Fact]
    public void A_banned_word_in_a_document_is_found_with_its_line()
    {
        var rule = new BannedWordRule(BannedWord.Parse("text | foo | bar | a foo"));

        rule.Find(CodeBase.Of(("docs/a.md", "one\na Foo"))).Single().ToString().ShouldBe("docs/a.md:2: 'Foo': write bar");
    }

    [Fact]
    public void A_banned_word_is_allowed_in_the_folder_that_is_left_out()
    {
        var rule = new BannedWordRule(BannedWord.Parse("all | foo | bar | a foo | src/P"));

        rule.Find(CodeBase.Of(("src/P/A.cs", "// foo"))).ShouldBeEmpty();
        rule.Find(CodeBase.Of(("src/Q/A.cs", "// foo"))).ShouldHaveSingleItem();
    }
}
