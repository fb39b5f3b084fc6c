using System.Globalization;
using Granary.Engine.Brokerage;
using Granary.Engine.Market;
using Granary.Engine.Trading;
using Granary.Reporting.Runs;

namespace Granary.Trading.Live;

/// <summary>
/// Formats decisions and transitions of a session as log lines. Takes the facts in their order: each start has the instruments whose
/// digits later prices and quantities have.
/// </summary>
internal sealed class FactLine
{
    private readonly Dictionary<string, Instrument> _instruments = new(StringComparer.Ordinal);

    public FactLine()
    {
    }

    /// <param name="facts">Facts that were taken already.</param>
    public FactLine(IEnumerable<JournalEvent> facts)
    {
        foreach (var fact in facts) Know(fact);
    }

    /// <summary>Returns the fact as one line with the time of its bar; null for bars and for venue reports, which orders show.</summary>
    /// <param name="timeframe">The timeframe of the feed.</param>
    public string? Of(JournalEvent e, Timeframe timeframe) =>
        Words(e) is { } words ? $"{(e.Timestamp <= 0 ? "start" : RunText.Time(FactTime.Of(e, timeframe)))} {words}" : null;

    /// <summary>
    /// Returns the line only for facts about the session itself, for a server's log. Null for signals, orders, fills and trades, which the
    /// journal has, because a busy session makes hundreds per second.
    /// </summary>
    public string? OfSession(JournalEvent e, Timeframe timeframe) => e is SessionStarted or SessionChanged or WeightsChanged
        or EnablementChanged or SessionControlled or Reconciled or DeploymentSwitched or ModelWatched ? Of(e, timeframe) : null;

    /// <summary>Returns the fact as one line without its time; null as for <see cref="Of"/>.</summary>
    public string? Words(JournalEvent e)
    {
        Know(e);
        return TextOf(e);
    }

    /// <summary>Returns an execution as one sentence.</summary>
    public string Words(BrokerFill f) => $"{(f.Side == Side.Buy ? "Bought" : "Sold")} {Quantity(f.Symbol, f.Quantity)} {f.Symbol} at "
        + $"{Price(f.Symbol, f.Price)}, fee {Digits.Text(f.Fee, null)}{(f.Leg.Length > 0 ? $", by the {f.Leg}" : "")}";

    private void Know(JournalEvent e)
    {
        if (e is not SessionStarted started) return;
        foreach (var instrument in started.Instruments) _instruments[instrument.Symbol] = instrument;
    }

    private string Price(string symbol, double value) =>
        Digits.Text(value, _instruments.TryGetValue(symbol, out var known) ? Digits.OfPrices(known) : null);

    private string Quantity(string symbol, double value) =>
        Digits.Text(value, _instruments.TryGetValue(symbol, out var known) ? Digits.OfQuantities(known) : null);

    private string? TextOf(JournalEvent e) => e switch
    {
        SessionStarted s => $"Session started on {s.Host}, process {s.Process.ToString(CultureInfo.InvariantCulture)}, broker {s.Broker}",
        SessionChanged { From: "" } c => $"Session begins as {c.To}{Because(c.Why)}",
        SessionChanged c => $"Session went from {c.From} to {c.To}{Because(c.Why)}",
        SignalDecided { Decision.IsAccepted: true } d => FormattableString.Invariant(
            $"Portfolio accepted signal {d.Number} of {d.Strategy}: {Quantity(d.Symbol, d.Granted)} of ")
            + $"{Quantity(d.Symbol, d.Quantity)} {d.Symbol}",
        SignalDecided d => FormattableString.Invariant(
            $"Portfolio refused signal {d.Number} of {d.Strategy} in {d.Symbol}: {d.Decision.Word}"),
        EntrySkipped s => FormattableString.Invariant($"Entry {s.Number} of {s.Strategy} in {s.Symbol} was skipped: {s.Why}"),
        PortfolioActed a => FormattableString.Invariant(
            $"Portfolio {a.Action} {a.Share:0.##%} of trade {a.Number} of {a.Strategy} in {a.Symbol}: {a.Reason.Word()}"),
        OrderIntended o => $"Order {o.Order.ClientId} of {o.Strategy} was made: {Word(o.Order.Side)} "
            + $"{Quantity(o.Symbol, o.Order.Quantity)} {o.Symbol}, {o.Role}",
        OrderChanged o => $"Order {o.ClientId} in {o.Symbol} went from {o.From} to {o.To}{Because(o.Reason)}",
        StopMoved s => $"Stop of trade {s.ClientId} in {s.Symbol} moves to {Price(s.Symbol, s.Price)}",
        TradeChanged t => FormattableString.Invariant($"Trade {t.Number} of {t.Strategy} in {t.Symbol} is {t.State}: ")
            + $"{Quantity(t.Symbol, t.Open)} of {Quantity(t.Symbol, t.Quantity)} open, entered at {Price(t.Symbol, t.EntryPrice)}"
            + (t.ExitPrice > 0 ? $", closed at {Price(t.Symbol, t.ExitPrice)}" : "") + Because(t.Why),
        WeightsChanged w => FormattableString.Invariant($"Weights version {w.Version} of {w.Who} came into force") + Because(w.Why),
        WeightsDecided w => "Policy decided weights: " + string.Join(", ",
            w.Weights.Select(x => FormattableString.Invariant($"{x.Key} {x.Value:0.####}"))),
        ModelWatched { IsWorse: true } m => FormattableString.Invariant($"Model {m.Model} of {m.Strategy} predicts worse: ")
            + FormattableString.Invariant($"{100 * m.After:0.#} % of the newest {m.Trades} predictions were wrong, {100 * m.Before:0.#} % ")
            + FormattableString.Invariant($"before; entries get {m.Weight:0.##} of their size"),
        ModelWatched m => FormattableString.Invariant($"Model {m.Model} of {m.Strategy} predicts as well as before: ")
            + FormattableString.Invariant($"{100 * m.After:0.#} % of {m.Trades} predictions were wrong; entries get their full size"),
        EnablementChanged n => $"{n.Who} {(n.Enabled ? "enabled" : "disabled")} {n.Strategy}{n.Symbol}{Because(n.Why)}",
        SessionControlled c => $"{c.Who} gave the command {SessionWords.Of(c.Command)}{About(c)}{Because(c.Why)}",
        Reconciled r => $"Reconciled: {r.Difference}; {r.Rule}",
        DeploymentSwitched d =>
            $"{d.Who} handed the account over to deployment {d.Version.ToString(CultureInfo.InvariantCulture)}{Because(d.Why)}",
        _ => null,
    };

    // Names the trade, its symbol and what was ordered.
    private string About(SessionControlled c)
    {
        var trade = c.Trade is null ? "" : $" for trade {c.Trade} in {c.Symbol} of {c.Strategy}";
        return c.Order is not { } order ? trade : trade + c.Command switch
        {
            SessionCommand.Close => $": {Quantity(c.Symbol, order.Quantity)} of it",
            SessionCommand.Protect => $": {Levels(c.Symbol, order)}",
            _ => $": {Word(order.Side)} {Quantity(c.Symbol, order.Quantity)} {c.Symbol} {order.Type.Word()}"
                + (order.LimitPrice > 0 ? $" at {Price(c.Symbol, order.LimitPrice)}" : "") + $", {Levels(c.Symbol, order)}",
        };
    }

    private string Levels(string symbol, HandOrder order) => (order.Stop > 0 ? $"stop {Price(symbol, order.Stop)}" : "no stop")
        + (order.Target > 0 ? $", target {Price(symbol, order.Target)}" : ", no target");

    private static string Word(Side side) => side == Side.Buy ? "buy" : "sell";

    private static string Because(string why) => why.Length > 0 ? $": {why}" : "";
}
