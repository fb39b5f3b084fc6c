using Granary.Engine.Analysis.Metrics;
using Granary.Testing;

namespace Granary.Engine.Tests.Analysis;

public class MetricPageTests
{
    [Fact]
    public void The_page_in_docs_is_that_of_the_catalogue()
    {
        var path = Path.Combine(SharedData.RepositoryRoot, "docs", "metrics.md");
        var page = MetricPage.Markdown(MetricCatalogue.BuiltIn);
        if (Environment.GetEnvironmentVariable("GRANARY_WRITE_DOCS") == "1") File.WriteAllText(path, page);
        (File.ReadAllText(path)
            == page).ShouldBeTrue("docs/metrics.md is out of date: run this test with GRANARY_WRITE_DOCS=1 and commit the page");
    }
}
