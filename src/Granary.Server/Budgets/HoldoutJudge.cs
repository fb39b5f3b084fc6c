using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Granary.Backtesting.Runs;
using Granary.Contracts.Runs;
using Granary.Engine;
using Granary.Engine.Analysis;
using Granary.Engine.Catalogues;
using Granary.Reporting.Runs;
using Granary.Simulation.Batches;
using Granary.Simulation.Catalogues;
using Granary.Simulation.Json;
using Granary.Simulation.Models;
using Granary.Simulation.Passes;
using Granary.Simulation.RunFolders;
using Granary.Simulation.Validation;

namespace Granary.Server.Budgets;

/// <summary>
/// Judges a run on the bars that its batch held out: its strategies with their weights, as in prod.json, trade the bars from then on.
/// </summary>
/// <param name="runs">The folder of the runs.</param>
internal sealed class HoldoutJudge(string runs, GranaryCatalogues catalogues, IBatchHost host, TimeProvider clock)
{
    private const double Confidence = 0.95;

    private readonly TrialAccounts _accounts = new(Path.Combine(runs, TrialAccounts.FolderName));

    /// <summary>Returns why a run whose batch held out no bars cannot be judged.</summary>
    public static string NothingHeldOut(string run) =>
        $"{run} has read all bars: its batch has no data.holdout, so that none is left to judge it";

    /// <summary>Returns why a run without a configuration to trade cannot be judged.</summary>
    public static string NothingToTrade(string run) => $"{run} has no prod.json with strategies and weights; judge a run that has some";

    /// <param name="by">Who judges.</param>
    /// <param name="result">The folder for the files of the judgement, of the folder of runs; an interrupted judgement continues in
    /// it.</param>
    /// <exception cref="InputException">The run has no holdout or no weights, or its holdout was judged already.</exception>
    public async Task<HoldoutJudgement> JudgeAsync(HoldoutRequest request, string by, string result, IProgress<BatchProgress>? progress,
        CancellationToken cancellationToken)
    {
        var folder = Path.Combine(runs, request.Run);
        var manifest = RunManifest.Read(folder);
        var spec = manifest.ReadBatch(catalogues);
        if (spec.Data.Holdout is not { } holdout)
            throw new InputException(NothingHeldOut(request.Run));
        var prod = Path.Combine(folder, "prod.json");
        if (!File.Exists(prod))
            throw new InputException(NothingToTrade(request.Run));
        var text = From(await File.ReadAllTextAsync(prod, cancellationToken).ConfigureAwait(false), holdout);
        var judged = new BatchReader(catalogues).Read("prod.json", text, manifest.BaseUnder(catalogues));
        var account = _accounts.AccountOf(request.Run);
        var book = new HoldoutBook(_accounts);
        var summary = new RunLibrary(runs).Find(request.Run) ?? throw new InputException($"{request.Run} has no results.json; run its batch again");
        var begun = await book.BeginAsync(account, new HoldoutJudgement(request.Run, new DateTimeOffset(holdout, TimeSpan.Zero), by,
            clock.GetUtcNow(), request.Why, 1, result, new HoldoutFigures(summary.TotalReturn, summary.Sharpe, summary.MaxDrawdown,
                summary.Tradable), null, null), request.Again, cancellationToken).ConfigureAwait(false);
        var options = new BatchOptions { Out = Path.Combine(runs, result), Versions = VersionUse.None };
        var run = await new BatchRunner(host, clock).RunAsync(judged with { Name = judged.Name + "-holdout" }, options, progress,
            cancellationToken).ConfigureAwait(false);
        if (run.Interrupted) throw new OperationCanceledException(cancellationToken);
        var after = FiguresOf(run.Model, begun.Number);
        var done = begun with { After = after, Sentence = SentenceOf(after, begun.Number) };
        await book.EndAsync(account, done, cancellationToken).ConfigureAwait(false);
        return done;
    }

    // The configuration with the held out bars, which has neither a start nor an end.
    private static byte[] From(string prod, long holdout)
    {
        var root = JsonNode.Parse(prod)!;
        root["data"]!["from"] = new DateTime(holdout).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        return Encoding.UTF8.GetBytes(root.ToJsonString());
    }

    // One test of one choice, so that only the judgements of the same research on the same bars count as trials.
    private static HoldoutFigures FiguresOf(RunModel model, int judgements)
    {
        var days = model.Closes.GroupBy(r => r.Time / TimeSpan.TicksPerDay).Select(d => d.Last().Equity).ToList();
        double[] returns = [.. days.Zip(days.Prepend(model.StartingCash), (now, before) => now / before - 1)];
        var probability = TraceSharpe.Of(returns).Deflated(judgements);
        return new HoldoutFigures(Finite(model.Portfolio?.TotalReturn), Finite(model.Portfolio?.Sharpe),
            Finite(model.Portfolio?.MaxDrawdown), probability >= Confidence, Finite(probability));
    }

    private static double? Finite(double? value) => value is { } number && double.IsFinite(number) ? number : null;

    private static string SentenceOf(HoldoutFigures after, int number)
    {
        var figures = after.Sharpe is { } sharpe ? FormattableString.Invariant($"a Sharpe ratio of {sharpe:0.00} and a return of ")
            + FormattableString.Invariant($"{100 * (after.TotalReturn ?? 0):0.0} % on the held out bars") : "no defined Sharpe ratio on the held out bars";
        var verdict = after.Passed ? "the result holds" : after.Sharpe > 0 ? "the result is not contradicted, and not shown either"
            : "the result does not hold";
        var probability = after.Probability is { } p ? FormattableString.Invariant($", more than luck with a probability of {p:0.00}") : "";
        return number == 1 ? $"{figures}{probability}: {verdict}"
            : FormattableString.Invariant($"{figures}{probability}: {verdict}; judgement {number} on these bars, which were not unseen");
    }
}

/// <summary>A run to judge.</summary>
internal sealed record HoldoutRequest : HoldoutOptions
{
    [Key("the run to judge, whose batch has data.holdout", Offers = "run")]
    public required string Run { get; init; }
}

/// <summary>The options of a judgement: its command and its job take them from here.</summary>
internal record HoldoutOptions
{
    [Key("a note for the record", Without = "none")]
    public string? Why { get; init; }

    [Key("judge although these bars have judged this research already, which is counted")]
    public bool Again { get; init; }
}
