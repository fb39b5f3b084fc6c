using Granary.Backtesting.Charts;
using Granary.Backtesting.Costs;
using Granary.Contracts.Accounts;
using Granary.Contracts.Runs;
using Granary.Contracts.Sessions;
using Granary.Data.Journals;
using Granary.Engine;
using Granary.Engine.Brokerage;
using Granary.Engine.Market;
using Granary.Reporting.Runs;
using Granary.Simulation.Batches;
using Granary.Simulation.Catalogues;
using Granary.Simulation.Passes;
using Granary.Simulation.RunFolders;
using Granary.Trading.Costs;
using Granary.Trading.Deployments;
using Granary.Trading.Live;

namespace Granary.Trading.Sessions;

/// <summary>
/// Reads the bars, the log, the equity and the configuration of live sessions from their journals, also while the sessions run.
/// </summary>
internal sealed class SessionHistory(ISessionService sessions, IAccountStore accounts, DeploymentBook deployments,
    GranaryCatalogues catalogues)
{
    private const int MostCached = 4;

    private readonly Lock _gate = new();
    private readonly LinkedList<ReadSession> _read = new();

    /// <summary>Returns the configuration with the weights in force.</summary>
    /// <returns>Null if the account never had a session.</returns>
    /// <exception cref="JournalException">The journal cannot be read.</exception>
    public async Task<SessionConfiguration?> ConfigurationAsync(string id, CancellationToken cancellationToken = default)
    {
        if (await OpenAsync(id, cancellationToken).ConfigureAwait(false) is not var (start, production)) return null;
        var weights = new Dictionary<string, double>(production.Spec.Portfolio.FixedWeights ?? new Dictionary<string, double>(),
            StringComparer.Ordinal);
        var view = await sessions.FindAsync(id, cancellationToken).ConfigureAwait(false);
        var members = Read(id, view, production).MembersOf(production.Hash, () => MembersOf(production.Spec, cancellationToken));
        var changes = new Dictionary<string, StrategyChange>(StringComparer.Ordinal);
        var version = 0L;
        foreach (var entry in await accounts.PeekAsync(id, new JournalQuery
        {
            Without = JournalKinds.AllBut(nameof(WeightsChanged), nameof(EnablementChanged), nameof(DeploymentSwitched)),
        }, cancellationToken).ConfigureAwait(false))
            switch (JournalCodec.Decode(entry))
            {
                case WeightsChanged weighed:
                    version = weighed.Version;
                    foreach (var (strategy, weight) in weighed.Weights) weights[strategy] = weight;
                    break;
                case EnablementChanged:
                    var change = AccountStrategies.ChangeOf(id, entry);
                    foreach (var member in members.Where(m => AccountStrategies.IsAbout(change, m.Id))) changes[member.Id] = change;
                    break;
                case DeploymentSwitched:
                    // The account traded another configuration before, and its weights were of that one.
                    version = 0;
                    weights = new(production.Spec.Portfolio.FixedWeights ?? new Dictionary<string, double>(), StringComparer.Ordinal);
                    changes.Clear();
                    break;
            }
        return new SessionConfiguration(production.Spec.Name, production.Hash, start.Deployment, production.Spec.Data.Timeframe.ToString(),
            production.Spec.Data.Symbols, version, [.. members.Select(m => m with
            {
                Weight = weights.GetValueOrDefault(m.Id),
                Enabled = changes.GetValueOrDefault(m.Id)?.Enabled ?? true,
                Change = changes.GetValueOrDefault(m.Id),
            })]);
    }

    // Each strategy is made once, because it declares its factors then.
    private static IReadOnlyList<SessionMember> MembersOf(BatchSpec spec, CancellationToken cancellationToken)
    {
        var plan = BatchPlan.Make(spec, spec.Data.Symbols, yes: true, cancellationToken);
        return
        [
            .. plan.Instances.Select(i => new SessionMember(i.Id, i.Symbols, 0, true, null)
            {
                Timeframe = i.Timeframe.ToString(),
                Factors = [.. FeedFactors.NamesOf(plan, i, s => new Instrument { Symbol = s }).Distinct(StringComparer.Ordinal)],
            }),
        ];
    }

    /// <summary>Returns the equity of the account with the interval that the backtest of its deployment leads to expect.</summary>
    /// <returns>Null if the account never had a session.</returns>
    public async Task<SessionEquity?> EquityAsync(string id, CancellationToken cancellationToken = default)
    {
        if (await OpenAsync(id, cancellationToken).ConfigureAwait(false) is not var (_, production)) return null;
        var account = (await sessions.FindAsync(id, cancellationToken).ConfigureAwait(false))?.Status?.Account ?? new AccountDetails();
        var curve = account.Curve;
        List<(double Low, double Middle, double High)> expected = [];
        if (deployments.Find(production.Hash) is { } deployment)
        {
            var returns = new ExpectedReturn(deployment.Backtest.Days);
            expected = [.. curve.Days.Select(returns.After)];
        }
        double At(double fraction) => account.StartingCash * (1 + fraction);
        return new SessionEquity(curve.Times, curve.Equity, curve.Drawdown, [.. expected.Select(e => At(e.Middle))],
            [.. expected.Select(e => At(e.Low))], [.. expected.Select(e => At(e.High))]);
    }

    /// <summary>Returns the bars that a session has taken, its warm-up included, with factors over them.</summary>
    /// <param name="query">Its timeframe is a multiple of the session's, whose days are the market's trading days.</param>
    /// <returns>Null if the account never had a session.</returns>
    /// <exception cref="InputException">
    /// The session does not trade the symbol, or cannot have the timeframe; a text is not a factor, or not one of these bars.
    /// </exception>
    /// <exception cref="JournalException">The journal cannot be read.</exception>
    public async Task<ChartBars?> ChartAsync(string id, ChartQuery query, RunSeries part, CancellationToken cancellationToken = default)
    {
        if (await OpenAsync(id, cancellationToken).ConfigureAwait(false) is not var (_, production)) return null;
        var view = await sessions.FindAsync(id, cancellationToken).ConfigureAwait(false);
        var (data, symbol) = (production.Spec.Data, query.Symbol);
        var (from, to) = (data.Timeframe, query.Timeframe ?? data.Timeframe);
        if (!to.IsMultipleOf(from)) throw new InputException($"timeframe={to}: ask for a multiple of {from}, which the session trades");
        CheckColumns(id, query);
        var (bars, kept) = await Read(id, view, production).TakeAsync(accounts, id, read =>
        {
            List<string> symbols = [.. read.Switched.Union(data.Symbols, StringComparer.Ordinal)];
            return symbols.Contains(symbol) ? (read.BarsOf(symbol), read.Instruments.FirstOrDefault(i => i.Symbol == symbol))
                : throw new InputException($"symbol={symbol}: the session of {id} has {string.Join(", ", symbols)}");
        }, cancellationToken).ConfigureAwait(false);
        if (query.Factors.Count > 0 && data.IsChain(symbol) && kept is null or { Changes.IsNone: true })
            throw new InputException($"the journal of {id} does not have the rolls of {symbol}, over which factors would jump; start the "
                + "session again, and ask then").At("factors");
        var isAdjusted = view?.Status?.Account.Adjusted.Contains(symbol, StringComparer.Ordinal) ?? false;
        var instrument = (kept ?? new Instrument { Symbol = symbol }) with { IsAdjusted = isAdjusted };
        var chart = new MarketChart(query, instrument, to, catalogues.Factors);
        Bar[] shown = [.. to == from ? bars : Joined(bars, from, to, CalendarOf(data, symbol, bars, to))];
        for (var i = 0; i < shown.Length; i += IBarSeries.DefaultBlockSize)
            chart.Add(BarBlock.FromBars(i, shown.AsSpan(i, Math.Min(IBarSeries.DefaultBlockSize, shown.Length - i))));
        return chart.Show(part);
    }

    // The journal has the prices of the bars alone.
    private static void CheckColumns(string id, ChartQuery query)
    {
        foreach (var factor in query.Factors)
            if (FurtherNames.In(factor).FirstOrDefault() is { } column)
                throw new InputException($"the journal of {id} does not have the column '{column}' of {factor}; the chart of a backtest of "
                    + "its configuration has it").At("factors");
    }

    /// <summary>Returns the rows of a list of a session, of now: its log or its orders.</summary>
    /// <returns>Null if the account never had a session.</returns>
    /// <exception cref="JournalException">The journal cannot be read.</exception>
    public async Task<RowText?> RowsAsync(string id, Func<ReadSession, RowText> list, CancellationToken cancellationToken = default)
    {
        if (await OpenAsync(id, cancellationToken).ConfigureAwait(false) is not var (_, production)) return null;
        var view = await sessions.FindAsync(id, cancellationToken).ConfigureAwait(false);
        return await Read(id, view, production).TakeAsync(accounts, id, list, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Returns what the fills of an account cost, measured as <c>granary costs fit</c> does.</summary>
    /// <returns>Null if the account never had a session.</returns>
    /// <exception cref="InputException">The account has too few fills.</exception>
    /// <exception cref="JournalException">The journal cannot be read.</exception>
    public async Task<CostStudyResults?> CostsAsync(string id, CancellationToken cancellationToken = default)
    {
        if (await sessions.StartOfAsync(id, cancellationToken).ConfigureAwait(false) is null) return null;
        var fills = new FillSet();
        JournalFills.Read(id, await accounts.PeekAsync(id, JournalFills.Query, cancellationToken).ConfigureAwait(false), null, fills);
        return CostStudy.Of(fills, [id], 1);
    }

    private async Task<(SessionStart Start, Production Production)?> OpenAsync(string id, CancellationToken cancellationToken) =>
        await sessions.StartOfAsync(id, cancellationToken).ConfigureAwait(false) is { } start
            ? (start, new ProductionReader(catalogues).Read(start.File, start.Text, start.Folder)) : null;

    private ReadSession Read(string id, SessionView? view, Production production)
    {
        var name = $"{id} {view?.Run}";
        lock (_gate)
        {
            var known = _read.FirstOrDefault(r => r.Name == name) ?? new ReadSession(name, production.Spec.Data.Timeframe);
            _read.Remove(known);
            _read.AddFirst(known);
            if (_read.Count > MostCached) _read.RemoveLast();
            return known;
        }
    }

    // The sessions that the configuration names or, as for its backtest, those that the bars show.
    private static SessionCalendar CalendarOf(DataSpec data, string symbol, IReadOnlyList<Bar> bars, Timeframe longer)
    {
        if (data.InstrumentOf(symbol)?.Session is { } named) return named;
        var seen = new SessionInference(data.Timeframe);
        seen.Add([.. bars.Select(b => b.Time)]);
        return seen.InsteadOfUtc(longer) ?? SessionCalendar.Continuous;
    }

    // The last bar may be unfinished: the chart shows it as it is.
    private static List<Bar> Joined(IReadOnlyList<Bar> bars, Timeframe from, Timeframe to, SessionCalendar calendar)
    {
        var (aggregator, joined) = (new BarAggregator(from, to, calendar), new List<Bar>());
        foreach (var bar in bars)
        {
            aggregator.Add(bar, out var before, out var completed);
            if (before is { } gap) joined.Add(gap);
            if (completed is { } full) joined.Add(full);
        }
        if (aggregator.Unfinished is { } last) joined.Add(last);
        return joined;
    }
}
