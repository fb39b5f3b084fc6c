using Granary.Learning.Gating;
using Granary.Learning.Search;
using Granary.Modelling.Learning;
using Granary.Simulation.Batches;

namespace Granary.Modelling.Experiments;

/// <summary>The search within the training part of one outer window: its candidates and their fits so far.</summary>
internal sealed class SearchWindow
{
    private readonly SearchUnit _unit;
    private readonly SearchPlan _plan;
    private readonly IReadOnlyList<SearchFold> _inner;
    private readonly SearchFit?[][] _fits;

    // Ranks of each candidate and rule after the candidate's last rung.
    private readonly double[][] _ranks;
    private readonly double[] _firsts;
    private IReadOnlyList<int> _alive;

    public SearchWindow(SearchUnit unit, int index, SearchPlan plan)
    {
        (_unit, Index, _plan, _inner) = (unit, index, plan, unit.Inner[index]);
        _fits = [.. plan.Candidates.Select(_ => new SearchFit?[_inner.Count])];
        _ranks = [.. plan.Candidates.Select(_ => unit.Spec.Search!.Rules.Select(_ => double.NegativeInfinity).ToArray())];
        _firsts = new double[plan.Candidates.Count];
        _alive = [.. plan.Candidates.Select(c => c.Index)];
    }

    public int Index { get; }

    /// <summary>Candidates of the last closed rung, in plan order.</summary>
    public IReadOnlyList<int> Finalists { get; private set; } = [0];

    /// <summary>The best candidate under each rule; set when the last rung closes.</summary>
    public int[] BestByRule { get; private set; } = [0];

    /// <summary>Index of the best rule.</summary>
    public int ChosenRule { get; private set; }

    public int Chosen => BestByRule[ChosenRule];

    /// <summary>Returns the fits that a rung needs and that earlier rungs have not made.</summary>
    public IEnumerable<(int Candidate, int Inner)> Missing(HalvingRung rung) =>
        from candidate in _alive
        from inner in Enumerable.Range(0, rung.Resource)
        where _fits[candidate][inner] is null
        select (candidate, inner);

    public void Keep(int candidate, int inner, SearchFit fit) => _fits[candidate][inner] = fit;

    public SearchFold FoldOf(int inner) => _inner[inner];

    /// <summary>Ranks the candidates of a rung by all their fits so far and keeps the better half for the next rung.</summary>
    public void Close(int rung)
    {
        var windows = _plan.Rungs[rung].Resource;
        foreach (var candidate in _alive)
        {
            _ranks[candidate] = Ranks(candidate, windows);
            if (rung == 0) _firsts[candidate] = _ranks[candidate].Max();
        }
        Finalists = _alive;
        if (rung + 1 < _plan.Rungs.Count)
            _alive = SuccessiveHalving.Better(_alive.OrderByDescending(c => _ranks[c].Max()).ThenBy(c => c), _alive.Count);
        else Choose(windows);
    }

    /// <summary>Rank of a candidate under its best rule after its last rung; negative infinity if undefined.</summary>
    public double RankOf(int candidate) => _ranks[candidate].Max();

    /// <summary>Rank on the first inner window, which every candidate is fitted on; negative infinity if undefined.</summary>
    public double FirstRankOf(int candidate) => _plan.Rungs.Count > 0 ? _firsts[candidate] : double.NegativeInfinity;

    /// <summary>The reason why one of the candidate's fits failed; null if all requested fits succeeded.</summary>
    public string? ErrorOf(int candidate) => Array.Find(_fits[candidate], f => f?.Error is not null)?.Error;

    /// <summary>Returns a candidate's best rule so far, with the trades of its fitted inner windows after that rule.</summary>
    public (int Rule, IReadOnlyList<FilteredTrade> Trades) BestTradesOf(int candidate)
    {
        var ranks = _ranks[candidate];
        var rule = Array.IndexOf(ranks, ranks.Max());
        return (rule, Trades(candidate, _unit.Spec.Search!.Rules[rule], _fits[candidate].Count(f => f is not null)));
    }

    /// <summary>Returns the trades of the first inner window after a rule has filtered or resized them.</summary>
    public IReadOnlyList<(int Strategy, FilteredTrade Trade)> FirstTradesOf(int candidate, EntryRule rule)
    {
        if (_fits[candidate][0] is not { Error: null } fit) return [];
        return [.. _inner[0].Signals.Select((s, i) => (_unit.Signals[s].Strategy, Advised(_unit, s, fit.Signals[i], rule)))
            .Where(t => double.IsFinite(t.Item2.Prediction))];
    }

    /// <summary>Applies a rule to a signal's prediction and returns the signal's trade with the resulting size.</summary>
    public static FilteredTrade Advised(SearchUnit unit, int signal, double prediction, EntryRule rule)
    {
        var trade = unit.Signals[signal].Trade;
        var advice = rule.Advise(prediction, trade.Trade.Side, unit.Spec.Label.Meaning);
        return trade with { Prediction = advice.Prediction, SizeFactor = advice.SizeFactor };
    }

    private void Choose(int windows)
    {
        var fitness = _unit.Spec.Fitness;
        BestByRule = [.. _unit.Spec.Search!.Rules.Select((_, r) =>
            Finalists.OrderByDescending(c => _ranks[c][r]).ThenBy(c => c).First())];
        // All rules share the same predictions, so a fitness of predictions cannot rank them. Their trades rank them instead.
        var ranks = BestByRule.Select((c, r) => fitness.IsOfTrades() ? _ranks[c][r]
            : TradeRank(ExperimentFitness.Sortino, c, _unit.Spec.Search.Rules[r], windows)).ToArray();
        ChosenRule = Array.IndexOf(ranks, ranks.Max());
    }

    private double[] Ranks(int candidate, int windows)
    {
        var (fitness, rules) = (_unit.Spec.Fitness, _unit.Spec.Search!.Rules);
        if (ErrorOf(candidate) is not null) return [.. rules.Select(_ => double.NegativeInfinity)];
        if (fitness.IsOfTrades()) return [.. rules.Select(rule => TradeRank(fitness, candidate, rule, windows))];
        var (predicted, labels) = SearchScore.Known(Enumerable.Range(0, windows).SelectMany(w => _fits[candidate][w]!.Predicted
            .Select((p, i) => (p, _unit.Table.Label[_inner[w].Test[i]]))));
        var rank = SearchScore.Rank(fitness, SearchScore.Of(fitness, _unit.Spec.Top, _unit.Table.Task, predicted, labels));
        return [.. rules.Select(_ => rank)];
    }

    private double TradeRank(ExperimentFitness fitness, int candidate, EntryRule rule, int windows)
    {
        var trades = Trades(candidate, rule, windows);
        if (trades.Count == 0) return double.NegativeInfinity;
        // All rules and candidates are compared over the same days: those of the trades without a model.
        var (first, days) = TradeDays.SpanOf(_inner.Take(windows).SelectMany(f => f.Signals).Select(s => _unit.Signals[s].Trade));
        return SearchScore.Rank(fitness,
            new TradeDays(trades.Where(t => t.SizeFactor > 0), first, days, t => t.SizeFactor * t.Return).Figure(fitness));
    }

    // Trades of the first inner windows whose signal has a prediction.
    private List<FilteredTrade> Trades(int candidate, EntryRule rule, int windows)
    {
        var trades = new List<FilteredTrade>();
        for (var w = 0; w < windows; w++)
        {
            if (_fits[candidate][w] is not { Error: null } fit) continue;
            for (var i = 0; i < fit.Signals.Length; i++)
                if (Advised(_unit, _inner[w].Signals[i], fit.Signals[i], rule) is var trade && double.IsFinite(trade.Prediction))
                    trades.Add(trade);
        }
        return trades;
    }
}
