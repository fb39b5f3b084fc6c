using Granary.Architecture.Tests.CodeBases;
using Granary.Architecture.Tests.Rules;

namespace Granary.Architecture.Tests;

public sealed class DocumentFormTests(Repository repository)
{
    [Fact]
    public void Markdown_means_what_it_looks_like() => repository.Enforce(new DocumentFormRule());

    [Theory]
    [InlineData("# A\n\n## B\n\n### C\n\n## D")]
    [InlineData("**Bold:** *text*, `a ** b`, SR*, 2 * 3, `List<T>`, \\<T>, [a](b) and [1, 2]")]
    [InlineData("| a | b |\n| --- | --- |\n| `x \\| y` | 2 |")]
    [InlineData("```csharp\nvar a = new List<T>(); // ** `\n```")]
    [InlineData("<!-- a comment -->\n\ntext")]
    [InlineData("# A\n\n## B\n\n### Errors\n\n## C\n\n### Errors")]
    public void Markdown_in_order_is_accepted(string page) => PlacesIn(page).ShouldBeEmpty();

    [Theory]
    [InlineData("***Word:** text", 1)]
    [InlineData("**Word:* text", 1)]
    [InlineData("*Word:** text", 1)]
    [InlineData("**Word: text", 1)]
    [InlineData("** Word:** text", 1)]
    [InlineData("*Word: text", 1)]
    [InlineData("__Word: text", 1)]
    [InlineData("a `code without end", 1)]
    [InlineData("[text](url without end", 1)]
    [InlineData("A List<T> of values", 1)]
    [InlineData("a line<br>", 1)]
    [InlineData("<details>\ntext\n</details>", 1)]
    [InlineData("a line \\\nand another", 1)]
    [InlineData("a last line \\", 1)]
    [InlineData("text\n\n```json\n{ }", 3)]
    [InlineData("# A\n\n### C", 3)]
    [InlineData("# A\n\n# B", 3)]
    [InlineData("# A\n\n## B\n\n## `B`", 5)]
    [InlineData("| a | b |\n| --- | --- |\n| `x | y` | 2 |", 3)]
    [InlineData("| a | b |\n| --- | --- |\n| 1 | 2 |\n| 1 |", 4)]
    public void Broken_Markdown_is_found(string page, int line) => PlacesIn(page).ShouldBe([$"docs/a.md:{line}"]);

    private static IEnumerable<string> PlacesIn(string page) =>
        new DocumentFormRule().PlacesIn(CodeBase.Of(("docs/a.md", page))).Distinct(StringComparer.Ordinal);
}
