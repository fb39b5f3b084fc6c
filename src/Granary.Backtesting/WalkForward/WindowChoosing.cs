using Granary.Engine.Analysis.Metrics;
using Granary.Engine.Market;
using Granary.Engine.Trading;
using Granary.Learning.Gating;
using Granary.Modelling.Learning;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;
using Granary.Simulation.Validation;

namespace Granary.Backtesting.WalkForward;

/// <summary>
/// Makes the choices of windows. An item of work is one group in one window; with models it is a whole window, whose models are trained
/// once.
/// </summary>
/// <param name="clock">The clock for the training of models.</param>
internal sealed class WindowChoosing(WalkForwardInput input, TimeProvider clock)
{
    private const int AllGroups = -1;

    private readonly IReadOnlyList<ChoosingGroup> _groups = input.Groups();
    private readonly string _program = ProgramOf(input);

    /// <summary>All items, window by window.</summary>
    public IReadOnlyList<ChoiceItem> Items() =>
        [.. input.Windows.SelectMany(w => input.Learning.Count > 0 ? [Item(w.Index, AllGroups)]
            : Enumerable.Range(0, _groups.Count).Select(g => Item(w.Index, g)))];

    /// <summary>Whether an item is one of these, with the same bars and the same program.</summary>
    public bool Has(ChoiceItem item) => item.Window >= 0 && item.Window < input.Windows.Count
        && (input.Learning.Count > 0 ? item.Group == AllGroups : item.Group >= 0 && item.Group < _groups.Count)
        && Item(item.Window, item.Group) == item;

    private ChoiceItem Item(int window, int group)
    {
        var w = input.Windows[window];
        var name = group < 0 ? "" : _groups[group].Name;
        return new ChoiceItem(window, group, FormattableString.Invariant($"{_program} {w.From} {w.Learnt} {w.At} {name}"));
    }

    /// <summary>Makes the choices of an item on the calling thread. Thread-safe.</summary>
    public async Task<ChosenInWindow> MakeAsync(ChoiceItem item, CancellationToken cancellationToken)
    {
        var (window, groups) = (input.Windows[item.Window], item.Group < 0 ? _groups : [_groups[item.Group]]);
        var past = new Dictionary<string, OpenedMarket>(StringComparer.Ordinal);
        foreach (var (symbol, market) in input.Markets)
        {
            var series = market.Cut(window.From, window.Learnt, input.Spec.WarmUp);
            if (series.Count > 0) past[symbol] = new OpenedMarket(symbol, series, market.Instrument);
        }
        bool Has(StrategyInstance i) => i.Symbols.All(past.ContainsKey);

        // One thread, because the items that are done at the same time use the others.
        var host = new EmbeddedHost(1);
        var plan = input.Plan.TradingFrom(window.From, 0);
        if (item.Group >= 0)
        {
            var members = groups[0].Members.Select(m => m.Index).ToHashSet();
            plan = plan.Where(i => members.Contains(i.Index));
        }
        IReadOnlyList<TrainedUnit> units = [];
        if (input.Learning.Count > 0)
        {
            if (!plan.Instances.All(Has)) plan = plan.Where(Has);
            (plan, units) = await LearnAsync(plan, past, new ModelTraining(host, clock, 1), window, cancellationToken);
        }
        // Feeds without bars in a window are excluded.
        var outcomes = plan.Feeds.Count == 0 ? []
            : await new StrategyPass(plan, past) { Include = Has }.OutcomesAsync(host, cancellationToken);
        // The choice uses the results of the entries that a strategy's model admits.
        var judged = await ModelOutcomes.OfAsync(plan, outcomes, past, _ => host, cancellationToken);
        var choices = new List<GroupChoice>();
        foreach (var group in groups)
        {
            var search = new WindowSearch(input, window, past);
            var trials = new List<WindowTrial>();
            foreach (var number in group.Searches) trials.AddRange(await search.RunAsync(number, host, cancellationToken));
            choices.Add(Best(group.Members, judged, trials));
        }
        return new ChosenInWindow(choices)
        {
            Models = [.. units.Where(u => u.Whole is not null)
                .Select(u => new WindowModel(EntryModelFile.ToBytes(u.Whole!), u.Strategies))],
            Missing = [.. units.Where(u => u.Error is not null).Select(u => (u.Name, u.Error!))],
        };
    }

    // In sample, a strategy is judged by models trained on other data than the judged entries; out of sample, by a model trained on the
    // complete preceding range.
    private async Task<(BatchPlan InSample, IReadOnlyList<TrainedUnit> Units)> LearnAsync(BatchPlan plan,
        Dictionary<string, OpenedMarket> past, ModelTraining training, WalkForwardWindow window, CancellationToken cancellationToken)
    {
        var covering = input.Learning.Where(s => plan.Instances.Any(s.Covers)).ToList();
        var units = await training.TrainAsync(covering, plan, past, cancellationToken, window.From);
        return (plan.WithModels(LearnBatch.Models(units)), units);
    }

    // A combination whose objective is undefined because it has traded nothing is never chosen. Of equal ones, the first is chosen.
    private GroupChoice Best(IReadOnlyList<StrategyInstance> members, IReadOnlyDictionary<int, StrategyOutcome> outcomes,
        List<WindowTrial> trials)
    {
        var best = default(MetricRank);
        GroupChoice? choice = null;
        var ran = members.Count(m => outcomes.ContainsKey(m.Index)) + trials.Count;
        foreach (var member in members)
            if (IsBetter(outcomes.GetValueOrDefault(member.Index)?.Statistics, input.Spec.MinTrades, choice is null, ref best, out var own))
                choice = new GroupChoice(member.Index, own, ran);
        foreach (var (trial, statistics) in trials)
            if (IsBetter(statistics, input.SearchSpecs[trial.Search].MinTrades, choice is null, ref best, out var own))
                choice = new GroupChoice(-1, own, ran) { Trial = trial };
        return (choice ?? new GroupChoice(-1, null, ran)) with { Tried = [.. trials.Select(t => t.Trial)] };
    }

    private bool IsBetter(MetricSet? statistics, int minTrades, bool isFirst, ref MetricRank best, out MetricSet? own)
    {
        own = statistics;
        if (statistics is null || statistics.IsRuined || statistics.Trades < minTrades) return false;
        var rank = input.Spec.Objective.RankOf(statistics);
        if (!rank.IsKnown || (!isFirst && !(rank > best))) return false;
        best = rank;
        return true;
    }

    // The builds and the bars, which determine the choices together with the job's text.
    private static string ProgramOf(WalkForwardInput input)
    {
        Type[] builds = [typeof(Bar), typeof(EntryModel), typeof(BatchPlan), typeof(ModelTraining), typeof(WindowChoosing)];
        return string.Join(' ', [
            .. builds.Select(t => t.Assembly.ManifestModule.ModuleVersionId.ToString()),
            .. input.Plan.Spec.Catalogues.Plugins.Select(p => p.ContentHash).Order(StringComparer.Ordinal),
            .. input.OrderedMarkets.Select(m => m.Market.Series.ContentHash),
        ]);
    }
}
