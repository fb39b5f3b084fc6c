using System.Text.Json.Nodes;
using Granary.Recompute.Tests.Figures;
using Granary.Recompute.Tests.Markets;
using Granary.Recompute.Tests.Running;

namespace Granary.Recompute.Tests;

/// <summary>The validation checks of a batch with models judge what the models let trade.</summary>
public class LearningValidationTests
{
    private readonly LearningBatch _batch = new();

    [Fact]
    public async Task Validation_figures_of_a_learning_batch_follow_from_what_its_models_let_trade()
    {
        using var folder = new TemporaryFolder();
        var run = await RunAsync(folder, "equal", "equal", isStressed: false);
        var (judged, stress) = (new List<FilteredStrategy>(), new Dictionary<string, double>(StringComparer.Ordinal));
        var others = await RunAsync(folder, "stressed", "equal", isStressed: true);
        foreach (var own in FilteredStrategy.Of(run))
        {
            stress[own.Id] = RunFigures.Stat(others.Files.Strategies.Single(s => s.GetProperty("id").GetString() == own.Id), "totalReturn");
            judged.Add(own);
            if (!LearningBatch.IsFiltered(own.Id)) continue;
            // Alone in a portfolio, where its model decides as it does live.
            var alone = new JsonObject { [own.Id] = 1 };
            var (taken, stressed) = (await RunAsync(folder, $"alone-{judged.Count}", alone, isStressed: false),
                await RunAsync(folder, $"stressed-{judged.Count}", alone.DeepClone(), isStressed: true));
            taken.Trades.Count.ShouldBeLessThan(run.Files.TradesOf(own.Id).Count, "the model refuses some");
            judged[^1] = own with { Rows = taken.Rows, TotalReturn = taken.Rows[^1].Equity / LearningBatch.Cash - 1 };
            stress[own.Id] = stressed.Rows[^1].Equity / LearningBatch.Cash - 1;
        }
        var check = new ResultsCheck(run.Files.Results);
        var validation = new ValidationCheck(check, run.Files.Results,
            new ValidationFigures(judged, run.Rows, LearningBatch.Cash, "equal"), stress);
        validation.Check();
        new RunResults(check, run, "equal").Check();
        var batch = JsonNode.Parse(File.ReadAllText(folder.File("equal.json")))!;
        new LearningCheck(check, run, batch) { Shuffles = true }.Check();
        new ModelDecisionCheck(check, run, batch).Check();
        validation.Demand();
    }

    private async Task<RunFigures> RunAsync(TemporaryFolder folder, string name, JsonNode weights, bool isStressed)
    {
        await GranaryCommand.RunAsync("backtest", _batch.Write(folder, name + ".json", weights, isStressed), "--out", folder.File(name),
            "--quiet", name == "equal" ? "--threads=2" : "--no-guards");
        return new RunFigures(new RunFiles(folder.File(name)), _batch.Markets, LearningBatch.Cash,
            (isStressed ? 2 : 1) * LearningBatch.Commission);
    }
}
