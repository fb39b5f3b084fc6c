using System.CommandLine;
using Granary.Backtesting.Combining;
using Granary.Backtesting.Runs;
using Granary.Engine.Catalogues;
using Granary.Simulation.Passes;
using Granary.Simulation.RunFolders;
using Granary.Simulation.TradeFiles;
using Granary.Simulation.Validation;

namespace Granary.Cli.Commands;

/// <summary><c>granary combine</c>: makes one portfolio of several backtests, also of other programs.</summary>
internal static class CombineCommand
{
    private sealed record Options : RunForm
    {
        [Key("winners, equal, score, matching-pursuit, inverse-volatility, minimum-variance, maximum-sharpe, risk-parity, "
            + "hierarchical-risk-parity, regime, or a CSV with strategy,weight (the rule of the members)")]
        public string? Weights { get; init; }
        [Key("a JSON file with the sections account, execution, portfolio, … that apply to the portfolio")]
        public string? Settings { get; init; }
        [Key("a source with bars of the symbols of recorded trades, such as store:DIR")]
        public string? Bars { get; init; }
        [Key("timeframe of the bars of --bars")]
        public string Timeframe { get; init; } = "1d";
        [Key("how many systems were tried before the trades and curves of other programs were chosen (not known)")]
        public int? Trials { get; init; }
        [Key("the roles of the columns of a file of trades, such as \"side=Direction;entry_time=Opened\"")]
        public string? Columns { get; init; }
        [Key("the symbol of trades whose file names none (the file's name)")]
        public string? Symbol { get; init; }
        [Key("the name of the run (made from the names of the members)")]
        public string? Name { get; init; }
    }

    public static Command Create(CompositionRoot root)
    {
        var members = new Argument<string[]>("RUN_DIR|TRADES.csv|EQUITY.csv…")
        {
            Description = "folders of runs, equity curves, files of trades of Granary, backtrader, freqtrade, LEAN, TradingView or "
                + "MetaTrader",
            Arity = ArgumentArity.OneOrMore,
        };
        var command = new Command("combine", "Make one portfolio of several backtests, also of other programs.") { members };
        var options = new OptionBinding<Options>(command);
        command.SetAction(async (call, token) =>
        {
            var given = options.Read(call);
            Given.Threads(given.Threads);
            var folder = Path.GetFullPath(given.Out ?? RunFolder.UsualPath("combined", TimeProvider.System.GetUtcNow().UtcDateTime));
            var request = new CombineRequest(call.GetValue(members)!)
            {
                Name = given.Name,
                Weights = given.Weights,
                Settings = given.Settings,
                Bars = given.Bars,
                Timeframe = Given.Timeframe(given.Timeframe),
                Trials = given.Trials,
                Columns = TradeFile.ColumnsOf(given.Columns),
                Symbol = given.Symbol,
                Folder = folder,
            };
            var combined = CombinedBatch.Write(request, root.Catalogues(call));
            var runner = new BatchRunner(new EmbeddedHost(given.Threads), TimeProvider.System);
            var silent = given.Quiet || given.Json;
            var run = await ProgressView.ShowAsync(silent, progress =>
                runner.RunAsync(combined.Spec, given.ToBatchOptions() with { Out = folder, Notes = combined.Notes }, progress, token));
            return BacktestView.End(run, given, "granary backtest " + Path.Combine(folder, CombinedBatch.FileName));
        });
        return command;
    }
}
