using Granary.Architecture.Tests.CodeBases;
using Granary.Architecture.Tests.Rules;

namespace Granary.Architecture.Tests;

public sealed class DocumentLinkTests(Repository repository)
{
    [Fact]
    public void Links_of_documents_lead_somewhere_and_emphasis_is_closed() =>
        repository.Enforce(new DocumentLinkRule(path => Path.Exists(Path.Combine(repository.Root, path))));

    [Theory]
    [InlineData("[a](b.md#the-other-place) [c](../README.md) [d](https://example.org) [e](#here)\n\n## Here", true)]
    [InlineData("[a](c.md)", false)]
    [InlineData("[a](b.md#elsewhere)", false)]
    [InlineData("[a](#there)", false)]
    [InlineData("![a](images/none.png)", false)]
    [InlineData("**Bold:** text, `a ** b`", true)]
    [InlineData("***Bold:** text", false)]
    public void A_broken_link_and_an_open_emphasis_are_found(string page, bool holds)
    {
        var code = CodeBase.Of(("docs/a.md", page), ("docs/b.md", "# B\n## The *other* `place`"), ("README.md", "# R"));

        new DocumentLinkRule(path => path is "docs/a.md" or "docs/b.md" or "README.md").PlacesIn(code)
            .ShouldBe(holds ? [] : ["docs/a.md:1"]);
    }
}
