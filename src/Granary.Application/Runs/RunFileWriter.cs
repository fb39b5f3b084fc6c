using System.Runtime.ExceptionServices;
using System.Text;
using Granary.Application.Batches;
using Granary.Application.RunFolders;
using Granary.Application.Simulation;
using Granary.Application.Weighting;
using Granary.Reporting.Html.Pages;
using Granary.Reporting.Runs;
using Granary.Storage.Files;

namespace Granary.Application.Runs;

/// <summary>
/// Writes the files of a finished batch, several at once. Each file has one writer, so its content does not depend on the threads.
/// </summary>
internal sealed class RunFileWriter(BatchPlan plan, RunEvents events, IReadOnlyDictionary<string, OpenedMarket> markets,
    BatchOptions options)
{
    private readonly OutputSet _outputs = plan.Spec.Outputs;

    /// <param name="models">Of prod.json; null without models.</param>
    /// <returns>The model with the sections of <see cref="BatchOptions.Closing"/>.</returns>
    public async Task<RunModel> WriteAsync(RunFolder folder, RunModel model, string? models, WeightChoice choice, ListedStrategies listed)
    {
        var tables = Tables(folder, model, models, choice, listed);
        if (options.Closing is { } closing)
        {
            AtOnce(tables);
            tables = [];
            var late = await closing(model, folder.FullPath);
            model = model with { Sections = model.Sections.Concat(late).ToDictionary(s => s.Key, s => s.Value, StringComparer.Ordinal) };
        }
        // The longest ones first.
        AtOnce([.. Results(folder, model), .. tables]);
        // Last, so that a folder with a manifest is whole.
        AtomicFile.Write(folder.PathOf("manifest.json"), RunManifest.Write(model, plan, plan.Spec.Seed));
        return model;
    }

    private List<Action> Results(RunFolder folder, RunModel model)
    {
        List<Action> files = [];
        if (IsWanted("report"))
            files.Add(() => AtomicFile.Write(folder.PathOf("report.html"), (TextWriter w) => HtmlReport.Write(w, model, events)));
        if (IsWanted("results"))
            files.Add(() => AtomicFile.Write(folder.PathOf("results.json"), (Stream s) => ResultsJson.Write(s, model)));
        return files;
    }

    private List<Action> Tables(RunFolder folder, RunModel model, string? models, WeightChoice choice, ListedStrategies listed)
    {
        var finished = model.Strategies.Where(s => s.Stats is not null).ToList();
        List<Action> files = [];
        Text("trades", "trades.csv",
            w => RunCsv.Trades(w, finished.Where(s => listed.Trades.Contains(s.Index)), events.Trades, Multiplier));
        Text("signals", "signals.csv", w => RunCsv.Signals(w, finished.Where(s => listed.Signals.Contains(s.Index)), events));
        Text("factors", "factors.csv", w => RunCsv.Factors(w, finished.Where(s => listed.Signals.Contains(s.Index)), events));
        Text("portfolio_trades", "portfolio_trades.csv", w => RunCsv.PortfolioTrades(w, model.Strategies, events, Multiplier));
        Text("trades_by_model", "trades_by_model.csv", w => RunCsv.TradesByModel(w, finished));
        if (IsWanted("prod"))
            files.Add(() => AtomicFile.Write(folder.PathOf("prod.json"), ProductionJson.Write(plan, model, models, choice.ByState)));
        if (model.Sections.TryGetValue("learning", out var learned))
            files.Add(() => AtomicFile.Write(folder.PathOf("learning.json"), Encoding.UTF8.GetBytes(learned)));
        if (options.Separate && IsWanted("trades")) files.Add(() => Separate(folder.PathOf("trades"), finished));
        return files;

        void Text(string output, string file, Action<TextWriter> write)
        {
            if (IsWanted(output)) files.Add(() => AtomicFile.Write(folder.PathOf(file), write));
        }
    }

    private void Separate(string folder, List<StrategyEntry> strategies)
    {
        Directory.CreateDirectory(folder);
        foreach (var strategy in strategies)
            AtomicFile.Write(Path.Combine(folder, $"{strategy.Index:D6}-{strategy.Class}.csv"),
                (TextWriter w) => RunCsv.Trades(w, [strategy], events.Trades, Multiplier));
    }

    private void AtOnce(List<Action> files)
    {
        try
        {
            Parallel.Invoke(new ParallelOptions { MaxDegreeOfParallelism = Math.Max(1, options.Threads) }, [.. files]);
        }
        catch (AggregateException several)
        {
            ExceptionDispatchInfo.Throw(several.Flatten().InnerExceptions[0]);
        }
    }

    private bool IsWanted(string output) => _outputs.Has(output) && options.Only?.Contains(output, StringComparer.Ordinal) != false;

    private double Multiplier(int strategy) => markets[plan.Instances[strategy].Symbols[0]].Instrument.Multiplier;
}
