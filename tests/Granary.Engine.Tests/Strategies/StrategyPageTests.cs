using Granary.Testing;

namespace Granary.Engine.Tests.Strategies;

public class StrategyPageTests
{
    [Fact]
    public void The_page_in_docs_is_that_of_the_catalogue()
    {
        var path = Path.Combine(SharedData.RepositoryRoot, "docs", "strategies.md");
        var page = StrategyPage.Markdown();
        if (Environment.GetEnvironmentVariable("GRANARY_WRITE_DOCS") == "1") File.WriteAllText(path, page);
        (File.Exists(path) && File.ReadAllText(path)
            == page).ShouldBeTrue("docs/strategies.md is stale: run this test with GRANARY_WRITE_DOCS=1 and commit the page");
    }
}
