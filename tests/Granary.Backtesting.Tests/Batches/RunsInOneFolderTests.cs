using System.Text;
using Granary.Backtesting.Runs;
using Granary.Reporting.Runs;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;
using Granary.Testing;

namespace Granary.Backtesting.Tests.Batches;

public sealed class RunsInOneFolderTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-folder-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private async Task<BatchRun> RunAsync(string outputs, string name)
    {
        var spec = new BatchReader(TestCatalogues.All).Read("test.json", Encoding.UTF8.GetBytes($$"""
            { "name": "{{name}}", "data": { "source": "csv:{{Path.Combine(SharedData.RepositoryRoot, "samples", "data", "1h")}}",
              "symbols": ["COINUSDT"], "timeframe": "1h", "to": "2022-03-01" },
              "strategies": [ { "class": "SmaCross" } ], "outputs": {{outputs}} }
            """), Path.GetTempPath());
        return await new BatchRunner(new EmbeddedHost(1), TimeProvider.System).RunAsync(spec,
            new BatchOptions { Out = Path.Combine(_folder, "run"), Validation = false });
    }

    [Fact]
    public async Task A_run_that_takes_the_place_of_another_says_so_and_leaves_none_of_its_files()
    {
        var first = await RunAsync("\"all\"", "first");
        first.Model.Notes.ShouldNotContain(n => n.Code == NoteCode.Output);
        File.Exists(Path.Combine(first.Folder, "trades.csv")).ShouldBeTrue();

        var second = await RunAsync("""["results", "prod"]""", "second");
        var note = second.Model.Notes.Single(n => n.Code == NoteCode.Output).Sentence;
        note.ShouldContain("'first'");
        note.ShouldContain(first.Model.Digest[..12]);
        Directory.EnumerateFiles(second.Folder).Select(Path.GetFileName).Order().ShouldBe(["manifest.json", "prod.json", "results.json"]);
        (await File.ReadAllTextAsync(Path.Combine(second.Folder, "results.json"),
            TestContext.Current.CancellationToken)).ShouldContain("took the place of another one");
    }
}
