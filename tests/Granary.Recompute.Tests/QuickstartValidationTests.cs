using System.Text.Json;
using System.Text.Json.Nodes;
using Granary.Recompute.Tests.Figures;
using Granary.Recompute.Tests.Running;

namespace Granary.Recompute.Tests;

/// <summary>The validation checks of the quickstart, recomputed from the strategies' trades and the bars by the definitions of
/// docs/validation.md.</summary>
public class QuickstartValidationTests(QuickstartRun run)
{
    [Fact]
    public async Task Every_number_of_the_results_of_the_quickstart_follows_from_trades_and_bars()
    {
        var check = new ResultsCheck(run.Files.Results);
        run.Validation.Halvings!.Ways.ShouldBe(12_870);
        var validation = new ValidationCheck(check, run.Files.Results, run.Validation, await StressedAsync());
        validation.Check();
        new RunResults(check, run.Figures, "winners").Check();
        validation.Demand();
    }

    // Double costs, and orders one bar later.
    private static async Task<Dictionary<string, double>> StressedAsync()
    {
        using var folder = new TemporaryFolder();
        var batch = JsonNode.Parse(File.ReadAllText(Repository.Sample("quickstart.json")), null,
            new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip })!;
        batch["data"]!["source"] = "csv:" + Repository.Sample("data/1h");
        batch["execution"] = new JsonObject { ["commissionPercent"] = 0.1, ["slippagePercent"] = 0.04, ["latencyBars"] = 1 };
        return await StressedRun.ReturnsAsync(folder, batch);
    }
}
