using Granary.Data.Reading;
using Granary.Engine.Market;

namespace Granary.Data.Tests.Reading;

/// <summary>Bars whose file is a symbolic link, as in a mounted ConfigMap of Kubernetes.</summary>
public sealed class LinkedBarsTests : IDisposable
{
    private readonly TempFolder _folder = new(inMemory: true);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Bars_behind_a_link_are_read_and_a_target_that_changes_is_noticed()
    {
        var text = "date,open,high,low,close\n" + string.Concat(Enumerable.Range(0, 3000)
            .Select(day => $"{new DateTime(2000, 1, 1).AddDays(day):yyyy-MM-dd},1,2,1,2\n"));
        var target = _folder.Write("v1/x.csv", text);
        var path = Path.Combine(_folder.Path, "x.csv");
        File.CreateSymbolicLink(path, "v1/x.csv");
        Read.Bars(path).Count.ShouldBe(3000);
        var series = Read.Open(path, "1d", new BarFileOptions { MemoryBudget = 10_000 });
        File.WriteAllText(target, text + "2024-01-03,3,4,3,4\n");
        Should.Throw<BarDataException>(() => Read.All(series)).Message.ShouldContain("the file changed");
    }
}
