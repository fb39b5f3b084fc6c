namespace Granary.Tutorials.Tests;

/// <summary>Steps of a page and outputs are read as the README of this project says.</summary>
public sealed class PageReadingTests
{
    [Fact]
    public void Commands_their_output_and_files_are_steps_in_the_order_of_the_page()
    {
        var steps = Page.Steps("# A\n\nWrite `a/b.json`:\n\n```json\n{}\n```\n\n```sh\nls\n```\n\n```text\na\n```\n\n```sh\npwd\n```\n");
        steps.ShouldBe([new(5, "a/b.json", "{}\n", null), new(9, null, "ls\n", "a\n"), new(17, null, "pwd\n", null)]);
    }

    [Theory]
    [InlineData("Some text.\n\n```json\n{}\n```\n", "line 3: the line above this block of json does not end with `name`:")]
    [InlineData("```text\na\n```\n", "line 1: the line above this block of text")]
    [InlineData("```sh\nls\n", "line 1: the block has no end")]
    public void A_block_that_is_no_step_is_refused(string page, string sentence) =>
        Should.Throw<FormatException>(() => Page.Steps(page)).Message.ShouldStartWith(sentence);

    [Theory]
    [InlineData("a 1\n", "a   1\n", true)]
    [InlineData("a …\n", "a 1 2\n", true)]
    [InlineData("…\nc\n", "a\nb\nc\n", true)]
    [InlineData("a\n…\n", "a\n", true)]
    [InlineData("a\n", "50 %: 3 of 6 strategies finished\n1 window done\na\n", true)]
    [InlineData("a\n", "a\nb\n", false)]
    [InlineData("a 1\n", "a 2\n", false)]
    [InlineData("a …\n", "b 1\n", false)]
    [InlineData("a.c\n", "abc\n", false)]
    public void An_output_matches_only_what_the_page_shows(string shown, string printed, bool matches) =>
        ShownOutput.Matches(shown, printed).ShouldBe(matches);
}
