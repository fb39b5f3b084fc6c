using Granary.Testing;

namespace Granary.Engine.Tests.Factors;

public class FactorPageTests
{
    [Fact]
    public void The_page_in_docs_is_that_of_the_catalogue()
    {
        var path = Path.Combine(SharedData.RepositoryRoot, "docs", "factors.md");
        var page = FactorPage.Markdown();
        if (Environment.GetEnvironmentVariable("GRANARY_WRITE_DOCS") == "1") File.WriteAllText(path, page);
        (File.ReadAllText(path)
            == page).ShouldBeTrue("docs/factors.md is stale: run this test with GRANARY_WRITE_DOCS=1 and commit the page");
    }
}
